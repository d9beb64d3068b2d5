#include "songmap/lyrics/function_words.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <unordered_set>

namespace songmap::lyrics {
namespace {

struct Listed {
  std::string_view language;
  std::string_view words;
};

// Written for songs, which say "you" and "my" more than other texts do.
constexpr std::array kFunctionWords = {
    Listed{"en",
           "the and you i my of your i'm that with this it for we was are have what can don't when will from just "
           "they would like know but not there where it's you're i'll if out now never one a is to in on all be "
           "she his her our who how let let's love ain't can't got gonna wanna been had"},
    Listed{"de",
           "und ich du die das nicht ist ein eine mich dich mir dir wir was wie auf mit von zu es der den dem doch "
           "nur noch wenn auch für dass nie so sich mein dein kein keine bist wird hab habe will kann hier sind "
           "war hat im am zum aus bei nach vor schon mehr immer"},
    Listed{"fr",
           "je les des une est et pas que qui dans pour sur mon moi toi nous vous qu' l' d' j' c' n' s' m' t' ce "
           "cette plus elle mes tes ses tous tout comme mais avec quand on au aux du un le la il y suis sont "
           "ma ta sa ton son ne si même rien où ça était"},
    Listed{"es",
           "que el los las una por con no es mi lo como para pero más mas cuando muy eres soy quiero y en un yo "
           "del al si sin todo esta este estoy hay nada amor vida corazón ya la su sus nos porque donde solo "
           "siempre fue ser está tus mis"},
    Listed{"it",
           "che non il un una per con sono mi ci più come quando gli della del nel alla anche ma questo questa "
           "cosa sei perché senza tutto di la lo le mio tuo mia tua io è ed al dal ai nella dell' l' un' d' c' "
           "solo sempre ancora ogni dove chi noi amore se ti ho hai"},
    Listed{"pt",
           "que não um uma os as eu você meu minha com por para mais mas quando seu sua em no na do da é são está "
           "meu teu tua mim tudo nada sem vou quem só foi ser ao dos das pra isso esse essa amor onde porque o "
           "e sou vai até nos"},
    Listed{"nl",
           "het een ik jij je niet van dat die en de is in op voor met maar mijn jouw wat zijn als er ook naar "
           "nog wel heb ben hij zij wij we ze aan om te nooit altijd door geen bij uit zo kan wil hoe waar mij "
           "jou dan nu alles"},
    Listed{"sv",
           "och jag det att är inte som en ett på för med av han hon vi mig dig sig du om när var har kan vill ska "
           "nu aldrig alla från till din mitt ditt så men eller bara här där allt den"},
    Listed{"da",
           "og jeg det at er ikke som en et på for med af han hun vi mig dig sig du om når var har kan vil skal nu "
           "aldrig alle fra til så men eller bare her der hvor hvad den"},
    Listed{"no",
           "og jeg det at er ikke som en et på for med av han hun vi meg deg seg du om når var har kan vil skal nå "
           "aldri alle fra til så men eller bare her der hvor hva den"},
    Listed{"fi",
           "ja on ei en se että mä sä minä sinä kun mut mutta niin kuin jos oo ole olen olet nyt vain vaan mun sun "
           "minun sinun mua sua mitä tää tämä sen hän me te he jo aina missä kaikki oli ovat myös mukaan joka ole"},
    Listed{"pl",
           "nie że się jest jak w z i do co mnie ciebie ty ja mi już tylko gdy dla by czy ten jestem mam wszystko "
           "tu są może był była ale bez przez kiedy będzie po od za"},
    Listed{"cs",
           "že se jsem jsi není já ty když tak jen už mě tě jak co pro ale ať kde všechno byl být nebo jsme bude "
           "s v z k mi ti mám máš by nikdy svět"},
    Listed{"sk",
           "že sa som si nie je ja ty keď tak len už ma ťa ako čo pre ale kde všetko bol byť alebo sme bude s v z k "
           "mi ti mám máš by nikdy svet"},
    Listed{"hu",
           "a az és nem hogy egy is én te van mert de csak ha már meg mint ez ami volt lesz nincs vagy engem neked "
           "nekem sem mindig soha"},
    Listed{"ro",
           "și că nu de la cu să pe mă îmi în un o eu tu mai ce când dar care sunt este ești mea mine tine pentru "
           "din doar fără te îți ne am ai"},
    Listed{"tr",
           "bir bu ve ben sen için gibi ne seni beni bana sana var yok çok ama diye değil mi mı daha her artık "
           "şimdi gel kadar aşk benim senin olsun hiç"},
    Listed{"id",
           "yang dan ini itu aku kamu tak tidak dengan untuk dalam akan ada kau dari pada bila bukan jangan selalu "
           "hanya saat cinta hati ku mu di ke saja lagi"},
    Listed{"ms",
           "yang dan ini itu aku kamu tak tidak dengan untuk dalam akan ada kau dari pada bila bukan jangan selalu "
           "hanya saat cinta hati ku mu di ke saja lagi"},
    Listed{"tl", "ang ng mga sa ay ko mo na at hindi ako ikaw ka kung para may lang pa kang aking iyong nang wala"},
    Listed{"vi",
           "em anh là và không có của những một cho người trong đã với như còn ta mà đi khi tình yêu về này được các "
           "để tôi đó thì sẽ cũng vào nhưng nhớ chỉ lại nơi ngày"},
    Listed{"hr", "i je da ne u na se sam si ja ti mi za što kad ali samo kao još nije od sve me te bez ko"},
    Listed{"ca",
           "que el els les amb per és una no em et jo més com tot quan i del dels però si meu meva ets soc sense"}};

constexpr std::string_view kRomanised =
    "hai hain mera mere meri tera tere teri tum tumi tumhe tumhari ami amar amare amay amake tomar tomare tomay tomake "
    "tomari hum aap nahi nahin kya kyun kyon dil pyar pyaar mein mujhe tujhe kuch aur bhi jaan bhalo bhalobasha "
    "bhalobashi keno kothay jodi shudhu moner chokher naan unnai enna nee unn intha antha timi timro mero hamro "
    "cha chha ishq zindagi jindagi raat raate aaj abhi kabhi tujhse mujhse yeh woh sanam yaar ni kade assi tenu menu "
    "jabo jai ache achhe nai nei kore kore theke moto eto sei oi ekta ekla boshe shob sob kichu dekho bina jiya jaye "
    "jaaye jaana akash nodi nodir gaan pothe kahani";

using WordSet = std::unordered_set<std::string_view>;

WordSet split(std::string_view list) {
  WordSet result;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    result.insert(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return result;
}

double share_in(std::span<const std::string> words, const WordSet& set) {
  if (words.empty()) return 0;
  const auto n = std::ranges::count_if(words, [&](const std::string& word) { return set.contains(word); });
  return static_cast<double>(n) / static_cast<double>(words.size());
}

}  // namespace

double function_word_share(std::span<const std::string> words, std::string_view language) {
  static const std::map<std::string_view, WordSet> sets = [] {
    std::map<std::string_view, WordSet> all;
    for (const Listed& listed : kFunctionWords) all[listed.language] = split(listed.words);
    all["bs"] = all["sr"] = all["hr"];
    return all;
  }();
  const auto found = sets.find(language);
  return found == sets.end() ? -1 : share_in(words, found->second);
}

double romanised_share(std::span<const std::string> words) {
  static const WordSet set = split(kRomanised);
  return share_in(words, set);
}

}  // namespace songmap::lyrics
