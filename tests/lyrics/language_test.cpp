#include "songmap/lyrics/language.h"

#include <gtest/gtest.h>
#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "songmap/core/csv.h"
#include "songmap/core/text_file.h"
#include "songmap/lyrics/cld2.h"
#include "songmap/lyrics/function_words.h"
#include "songmap/lyrics/text.h"
#include "songmap/lyrics/words.h"
#include "tests/audio/sound_files.h"

namespace songmap::lyrics {
namespace {

struct Verse {
  const char* language;
  const char* text;
};

// Written for this test.
constexpr std::array kVerses = {
    Verse{"en",
          "I left the light on in the hall for you\nand all the stairs remember how you came\n"
          "the kettle sings, the morning's nearly through\nand nothing in this house has kept its name"},
    Verse{"de",
          "Ich hab das Licht im Flur für dich gelassen\nund alle Stufen wissen noch den Klang\n"
          "der Kessel singt, der Morgen will verblassen\nund nichts im Haus ist so wie jeden Tag"},
    Verse{"fr",
          "J'ai laissé la lumière pour toi dans l'entrée\net l'escalier se souvient de tes pas\n"
          "la bouilloire chante, la matinée est passée\net rien dans cette maison ne me parle de moi"},
    Verse{"es",
          "Te dejé la luz encendida en el pasillo\ny la escalera recuerda cómo venías\n"
          "canta la tetera, se acaba la mañana\ny nada en esta casa es como lo que querías"},
    Verse{"it",
          "Ho lasciato la luce accesa per te\ne le scale ricordano ancora i tuoi passi\n"
          "canta il bollitore, la mattina non c'è\ne niente in questa casa è come lo lasciasti"},
    Verse{"pt",
          "Deixei a luz acesa no corredor para você\ne a escada ainda se lembra dos seus passos\n"
          "canta a chaleira, a manhã já não se vê\ne nada nesta casa ficou nos meus braços"},
    Verse{"nl",
          "Ik liet het licht voor jou aan in de gang\nen alle treden weten nog hoe jij kwam\n"
          "de ketel zingt, de ochtend duurt niet lang\nen niets in dit huis heeft nog een naam"},
    Verse{"sv",
          "Jag lät ljuset vara tänt för dig i hallen\noch trappan minns ännu hur du kom\n"
          "kitteln sjunger och morgonen är snart förbi\nmen inget i det här huset är som förr"},
    Verse{"pl",
          "Zostawiłem dla ciebie światło w korytarzu\ni schody pamiętają jeszcze twój krok\n"
          "czajnik śpiewa, już się kończy poranek\nale nic w tym domu nie jest takie jak co rok"},
    Verse{"tr",
          "Senin için koridorda ışığı açık bıraktım\nve merdivenler hâlâ seni hatırlıyor\n"
          "çaydanlık şarkı söylüyor, sabah bitti artık\nbu evde hiçbir şey eskisi gibi değil"},
    Verse{"ru",
          "Я оставил тебе свет в коридоре\nи лестница помнит, как ты пришла\n"
          "чайник поёт, и утро уходит\nи в доме никто не знает тепла"},
    Verse{"uk",
          "Я залишив тобі світло в коридорі\nі сходи ще пам'ятають твої кроки\n"
          "чайник співає, і ранок минає\nі нічого в цій хаті не таке, як було"},
    Verse{"bn", "তোমার জন্য আলো জ্বেলে রেখেছি ঘরে\nসিঁড়িগুলো আজও তোমার পায়ের শব্দ চেনে"},
    Verse{"as", "তোমাৰ বাবে পোহৰ জ্বলাই ৰাখিছোঁ ঘৰত\nআকাশৰ তৰাবোৰে তোমাৰ কথা কয়"},
    Verse{"hi",
          "तुम्हारे लिए मैंने दिया जलाया है घर में\nसीढ़ियाँ आज भी तुम्हारे कदमों को पहचानती हैं\n"
          "सुबह बीत गई और चाय ठंडी हो गई"},
    Verse{"ta", "உனக்காக விளக்கை ஏற்றி வைத்தேன்"},
    Verse{"te", "నీ కోసం దీపం వెలిగించి ఉంచాను"},
    Verse{"pa", "ਤੇਰੇ ਲਈ ਦੀਵਾ ਬਾਲ ਕੇ ਰੱਖਿਆ"},
    Verse{"th", "ฉันเปิดไฟไว้รอเธอที่ทางเดิน"},
    Verse{"el", "Άφησα το φως αναμμένο για σένα"},
    Verse{"ko", "너를 위해 복도에 불을 켜 두었어"},
    Verse{"ja", "君のために廊下の明かりをつけておいた"},
    Verse{"zh", "我在走廊里为你留了一盏灯\n楼梯还记得你的脚步声"},
    Verse{"ar", "تركت لك الضوء في الممر يا حبيبي\nوالدرج ما زال يتذكر خطاك\nوالصباح يمضي ولا شيء في هذا البيت كما كان"},
    Verse{"he",
          "השארתי לך את האור דולק במסדרון\nוהמדרגות עוד זוכרות את הצעדים שלך\nהבוקר כבר נגמר ואין דבר בבית הזה כמו "
          "שהיה"}};

TEST(DetectLanguage, OfAVerse) {
  for (const Verse& verse : kVerses) EXPECT_EQ(detect_language(verse.text), verse.language) << verse.text;
}

TEST(DetectLanguage, DoesNotDependOnCaseOrRepetition) {
  std::string often;
  for (int i = 0; i < 50; ++i) often += std::string(kVerses[0].text) + "\n";
  EXPECT_EQ(detect_language(often), "en");
  EXPECT_EQ(detect_language("ICH HAB DAS LICHT IM FLUR FÜR DICH GELASSEN UND ALLE STUFEN WISSEN NOCH DEN KLANG "
                            "DER KESSEL SINGT, DER MORGEN WILL VERBLASSEN"),
            "de");
}

// Written for this test: as people type these languages without their scripts.
constexpr std::array kRomanised = {
    "ami tomake bhalobashi tumi amar shob kichu\ntomar chokhe ami dekhi amar prithibi\n"
    "tumi chara ami kemon kore thakbo\nekla ghore ekla mone",
    "akash bhora tara ar chaader alo\nmoner majhe tumi thako shara bela\nami gaan gai nodir tire boshe\n"
    "batash ashe batash jay tomar deshe",
    "dekho oi dur paharer gaye megh jome ache\nbristi namle amra dujon bhijbo\npothe hat dhore hete jabo\n"
    "ghum nei chokhe raat katena",
    "gramer pothe dhaner khete shishir pore\nbhorer pakhi gaan geye jay\nmatir ghore shukher basha\n"
    "majhi re tui nouka niye kothay jash",
    "dil mera kehta hai ki tum ho mere liye\nraat bhar jaagun main tere khayalon mein\n"
    "chal mere dost chalte hain dur kahin\nna koi gham ho na koi aansu",
    "subah ki kiran khidki par aayi\nnadiya ka paani geet sunaye\nsawan barse aangan bheege\nman ka panchhi udta jaaye",
    "kannil unnai kanden manadhil kavithai pirandhadhu\nnaan unnai paarthen en uyire\n"
    "nee enge poi vittai solladi kanmani",
    "ma timilai maya garchu timro aakha ma herera\nma bachna sakdina timi bina\nyo jindagi adhuro cha sanu"};

TEST(DetectLanguage, RomanisedSouthAsianTextIsUnknown) {
  std::string all;
  for (const char* text : kRomanised) {
    EXPECT_EQ(detect_language(text), kUnknownLanguage) << text;
    all += std::string(text) + "\n";
    // A chorus over and over, where CLD2 becomes the surer the longer the text is.
    std::string often;
    for (int i = 0; i < 20; ++i) often += std::string(text) + "\n";
    EXPECT_EQ(detect_language(often), kUnknownLanguage) << text;
  }
  EXPECT_EQ(detect_language(all), kUnknownLanguage);
}

TEST(DetectLanguage, EnglishMixedWithRomanisedTextIsUnknown) {
  const char* bangla =
      "you are my love, you are my life, I want to dance with you tonight\nami tomake bhalobashi\n"
      "you know that I will wait for you, tumi amar shob\nand we will never say goodbye";
  const char* hindi =
      "I want you back, I need you now, tere bina jiya na jaye\ncome and hold me in your arms, mujhe chhod ke na "
      "jaana\n"
      "we can run away and never look behind us";
  for (const char* text : {bangla, hindi}) {
    EXPECT_EQ(cld2_guess(text).code, "en") << "the reason for not believing it";
    EXPECT_EQ(detect_language(text), kUnknownLanguage) << text;
  }
}

/// `text` in Latin letters, as ICU romanises it.
std::string romanised(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> rules(
      icu::Transliterator::createInstance("Bengali-Latin; NFD; [:Mn:] Remove; Latin-ASCII", UTRANS_FORWARD, status));
  icu::UnicodeString units = icu::UnicodeString::fromUTF8(text);
  rules->transliterate(units);
  std::string result;
  return units.toUTF8String(result);
}

TEST(DetectLanguage, ABanglaCorpusInItsScriptAndRomanised) {
  const auto path = audio::testing::data_folder() / "lyrics/bangla_public_domain.csv";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const CsvTable table = read_csv(path);
  ASSERT_EQ(table.rows.size(), 73U);
  std::size_t named_by_cld2 = 0;
  std::string all;
  for (const auto& row : table.rows) {
    const std::string text = clean_lyrics(row[*table.find("lyrics")]).text;
    EXPECT_EQ(detect_language(text), "bn") << text;
    const std::string latin = romanised(text);
    EXPECT_EQ(detect_language(latin), kUnknownLanguage) << latin;
    named_by_cld2 += cld2_guess(latin).code.empty() ? 0U : 1U;
    all += latin + "\n";
  }
  EXPECT_GT(named_by_cld2, 0U) << "the reason for not believing it";
  EXPECT_EQ(detect_language(all), kUnknownLanguage);
}

TEST(DetectLanguage, RealFrenchAndSpanishSongs) {
  const auto folder = audio::testing::data_folder() / "music/jamendo";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  const std::pair<const char*, const char*> songs[] = {{"de_bonne_humeur_le_nez_tordu.txt", "fr"},
                                                       {"seculaire_feat_nyme_saru.txt", "fr"},
                                                       {"fantasma_los_rombos.txt", "es"},
                                                       {"te_amo_fabios_la_nueva_expresion_de_la_cancion.txt", "es"},
                                                       {"yuanan_miedo_yuanan.txt", "es"}};
  for (const auto& [file, language] : songs) {
    EXPECT_EQ(detect_language(clean_lyrics(read_file(folder / file)).text), language) << file;
  }
}

TEST(DetectLanguage, UnknownWhenUnsure) {
  for (const char* text :
       {"", "42", "♪♪", "la", "oh baby baby", "na na na na hey hey hey na na na na hey hey hey na na na na",
        "uu huu huu na na nay la la la uu huu huu na na nay la la la", "আ", "Ω α"}) {
    EXPECT_EQ(detect_language(text), kUnknownLanguage) << text;
  }
  // Half and half.
  EXPECT_EQ(detect_language("তোমার জন্য আলো জ্বেলে রেখেছি ঘরে I left the light on for you my love"), kUnknownLanguage);
  EXPECT_EQ(detect_language(std::string(kVerses[0].text) + "\n" + kVerses[3].text), kUnknownLanguage);
  EXPECT_EQ(detect_language("caf\xe9 \xff\xff"), kUnknownLanguage);
}

TEST(FunctionWords, ShareIsOverAllWords) {
  EXPECT_EQ(function_word_share(words("the moon and you"), "en"), 0.75);
  EXPECT_EQ(function_word_share(words("moon"), "en"), 0);
  EXPECT_EQ(function_word_share({}, "en"), 0);
  EXPECT_LT(function_word_share(words("moon"), "sw"), 0) << "no list";
  EXPECT_EQ(romanised_share(words("tumi moon amar sun")), 0.5);
}

TEST(LanguageCode, CodesAndNames) {
  for (const auto& [name, code] : {std::pair{"bn", "bn"},
                                   {"BN", "bn"},
                                   {"Bangla", "bn"},
                                   {"bengali", "bn"},
                                   {"বাংলা", "bn"},
                                   {"English", "en"},
                                   {"Français", "fr"},
                                   {"deutsch", "de"},
                                   {" Spanish ", "es"},
                                   {"eng", "en"},
                                   {"pt-BR", "pt"},
                                   {"en_US", "en"},
                                   {"zh-Hant", "zh"},
                                   {"iw", "he"},
                                   {"Hindi", "hi"},
                                   {"Farsi", "fa"}}) {
    EXPECT_EQ(language_code(name), code) << name;
  }
  for (const char* name : {"", "xx", "unknown", "klingon", "Bangla-desh", "song"}) EXPECT_EQ(language_code(name), "");
}

}  // namespace
}  // namespace songmap::lyrics
