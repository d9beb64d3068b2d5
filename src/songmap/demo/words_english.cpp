#include <array>

#include "songmap/demo/words.h"

namespace songmap::demo {

std::span<const Songbook> english_songbooks() {
  static constexpr std::array<Songbook, 6> kBooks = {{
      // Chorale: light, stone, harvest, gratitude.
      {{"Psalms for a Quiet House", {"The Hollow Stone Choir", "Marian Ashdown"}},
       {{"Lamp at the Window",
         "Someone has left a lamp at the window,\n"
         "small as a seed and steady as bread;\n"
         "all the long valley leans in toward it,\n"
         "all the long night has something to tread.\n",
         "Keep it burning, keep it low,\n"
         "the ones we wait for walk home slow.\n"},
        {"Stone on Stone",
         "Stone upon stone our fathers laid them,\n"
         "mortar and patience, lime and prayer;\n"
         "none of them saw the tower finished,\n"
         "all of them heard it ringing there.\n",
         "Build, though the roof is for another;\n"
         "sing, though the song belongs to air.\n"},
        {"Harvest Table",
         "Carry the grain in under the rafters,\n"
         "carry the apples, carry the rain;\n"
         "set one more place for the one who is hungry,\n"
         "nothing we share will we carry in vain.\n",
         "Praise for the hands and praise for the furrow,\n"
         "praise for the seed that will sleep till tomorrow.\n"},
        {"The Bells Are Kind",
         "Evening comes over the roofs like forgiveness,\n"
         "blue on the chimneys and gold on the hill;\n"
         "whatever we broke in the noise of the morning,\n"
         "the bells are kind, and the hour is still.\n",
         "Rest now, rest now, the work will keep,\n"
         "mercy is long and the river is deep.\n"},
        {"An Oak Speaks",
         "I was an acorn when kings were quarrelling,\n"
         "I was a sapling when ships went down;\n"
         "now I hold rooks and the weight of the weather\n"
         "and shade for the children who come from the town.\n",
         "Grow downward first, then grow to the light,\n"
         "and stand very still in the middle of night.\n"}}},
      // Raga: rain, river, longing, the hours of the night.
      {{"Evening Water", {"Isla Rainwater", "The Long River"}},
       {{"Before the Rain",
         "The air has stopped to listen to itself,\n"
         "a heron folds the river in its wing;\n"
         "I have one word I never said to you,\n"
         "the clouds have learned it, and begin to sing.\n",
         "Come, slow rain, come over the reeds,\n"
         "come over the places that nobody needs.\n"},
        {"The Last Watch",
         "Three hours of dark are left inside the lamp,\n"
         "one moth, one moon, one string that will not sleep;\n"
         "whoever travels now must travel inward,\n"
         "the well is narrow and the stars are deep.\n",
         "Stay, dark, stay a little longer,\n"
         "the light is bright but you are stronger.\n"},
        {"Reed",
         "They cut me from the bank where I was many,\n"
         "they hollowed me and gave me to the wind;\n"
         "now every breath that passes through asks homeward,\n"
         "and every note is where the green begins.\n",
         "O hollow heart, O borrowed air,\n"
         "sing of the water, the water is there.\n"},
        {"Ferryman",
         "He ties his boat with neither knot nor question,\n"
         "he counts the crossings only by the moon;\n"
         "the far bank is a rumour made of lanterns,\n"
         "the near bank is a half-remembered tune.\n",
         "Over and over, ferryman, row,\n"
         "neither shore knows where the waters go.\n"},
        {"Monsoon Letter",
         "I write to you on paper soft with weather,\n"
         "the ink has run to rivers at the fold;\n"
         "so read the blur, it is the truest sentence,\n"
         "it says the house is dark, and I am old.\n",
         "Fall and fall on the banyan leaves,\n"
         "this is the month when the whole sky grieves.\n"}}},
      // Waltz: small towns, letters, grandparents, seasons.
      {{"Three Steps to the Square", {"Tilly and the Clockmakers", "Oren Fairweather"}},
       {{"Clockmaker's Daughter",
         "She wound all the clocks at a quarter to seven,\n"
         "they argued till noon and agreed about tea;\n"
         "the cuckoo was late and the carriage was early,\n"
         "and she turned in the hall with an apron for me.\n",
         "One, two, three, and the springs come undone,\n"
         "time has two left feet and she dances with one.\n"},
        {"Letters in a Tin",
         "I found them in biscuits and ribbon and camphor,\n"
         "your name in blue ink on the back of the years;\n"
         "you wrote that the pears had come heavy in August,\n"
         "you wrote that the dog was afraid of his ears.\n",
         "Write me again in your slanting hand,\n"
         "half of it weather and half of it grand.\n"},
        {"Carousel Closing",
         "The horses are tired of going to nowhere,\n"
         "the painted ones sleep with their eyes open wide;\n"
         "the man with the lever says one more for nothing,\n"
         "so up on the dappled one, love, for a ride.\n",
         "Round again, round again, don't let it slow,\n"
         "the lights of the fairground have nowhere to go.\n"},
        {"Grandfather's Coat",
         "It hung by the door like a man who is thinking,\n"
         "with string in one pocket and nails in the other;\n"
         "I put it on once and the sleeves told me stories\n"
         "of snow to the eaves and a boat and a brother.\n",
         "Button by button and year upon year,\n"
         "the coat is too large and the winter is near.\n"},
        {"Linden Square",
         "The band in the square has a fiddle and no one,\n"
         "a fiddle is plenty when lindens are out;\n"
         "the baker goes round with the mayor's third cousin,\n"
         "the mayor goes round with a cold and a pout.\n",
         "Step to the left and then step to the right,\n"
         "the lindens are dropping their gold for the night.\n"}}},
      // Chiptune: games, machines, space, city lights.
      {{"Insert Moon", {"Pixel Heron", "Doctor Cartridge"}},
       {{"Extra Life",
         "I had three hearts and I lost them on level one,\n"
         "spikes in the ceiling and bats in the hall;\n"
         "blow on the cartridge and hold down the button,\n"
         "somebody left a green coin in the wall.\n",
         "Jump, jump, don't look down,\n"
         "I was a plumber, I'm wearing a crown.\n"},
        {"Robot Pen Pal",
         "Dear little robot on Saturn Street seven,\n"
         "thank you for sending your favourite prime;\n"
         "mine is the number of freckles I'm wearing,\n"
         "write when your battery gives you the time.\n",
         "Beep means hello and boop means goodbye,\n"
         "two beeps together means look at the sky.\n"},
        {"Windows at Midnight",
         "Yellow and dark and then yellow and yellow,\n"
         "the tower is spelling a word in the night;\n"
         "a kid on floor forty is switching a table lamp,\n"
         "the city replies with a square of its light.\n",
         "Dot, dot, dash, are you awake?\n"
         "Every lit window's a signal we make.\n"},
        {"Paper Rocket",
         "Ten is for tinfoil and nine is for courage,\n"
         "eight is the tape on the tip of the wing;\n"
         "seven for sandwiches, six for the helmet,\n"
         "five for the planet that wears a gold ring.\n",
         "Four, three, two, we are leaving the floor,\n"
         "one is my brother who's holding the door.\n"},
        {"Night Bus Arcade",
         "The night bus has seats like a broken piano,\n"
         "the driver keeps score in the mirror, in red;\n"
         "each stop is a level, each hill is a boss fight,\n"
         "the prize is the key and the stairs and the bed.\n",
         "Ring the bell, ring the bell, high score tonight,\n"
         "my street is a pixel, my window's the light.\n"}}},
      // Dance: crowds, heartbeats, rooftops, summer.
      {{"Rooftop Weather", {"Neon Harbour", "Kite Season"}},
       {{"Pulse",
         "I feel it in the floor before I hear it,\n"
         "I feel it in my teeth before the drum;\n"
         "your hand is up, my hand is up, we're near it,\n"
         "the whole room breathes, and then the low notes come.\n",
         "Don't stop, don't stop, don't let it fade,\n"
         "we are the noise that the night has made.\n"},
        {"Rooftop",
         "Heat on the tar and a fan in the doorway,\n"
         "somebody's cousin has brought the big sound;\n"
         "look at the river all covered in neon,\n"
         "nobody here wants to be on the ground.\n",
         "Higher, higher, take me higher,\n"
         "the moon is a coin and the roof is a fire.\n"},
        {"Static",
         "You cross the floor like a switch being thrown,\n"
         "hair full of static and shoes full of light;\n"
         "I had a speech but the bass ate the ending,\n"
         "I'll say it with shoulders, I'll say it all night.\n",
         "Spark, spark, touch and go,\n"
         "everything's louder than what we both know.\n"},
        {"Bonfire Beach",
         "Salt on my lips and the sand in the speaker,\n"
         "driftwood is burning in purple and green;\n"
         "run to the edge where the water is clapping,\n"
         "run back again to the brightest I've seen.\n",
         "Wave after wave after wave after wave,\n"
         "dance till the morning and nothing to save.\n"},
        {"Friday Engine",
         "Five days of Monday are off of my shoulder,\n"
         "keys on the table and phone in a drawer;\n"
         "give me the one with the beat like an engine,\n"
         "give me the people, the lights and the floor.\n",
         "Turn it up, turn it over, turn it around,\n"
         "I left my whole week in the lost and found.\n"}}},
      // Swing: streets, coffee, cats, the small hours.
      {{"Last Tram Home", {"The Brass Kettle Five", "Lottie Marlowe"}},
       {{"Two Sugars",
         "I take my coffee like I take my troubles,\n"
         "black in the morning and sweetened by ten;\n"
         "you walked in asking for change for the meter,\n"
         "I have not had my right change since then.\n",
         "Two sugars, honey, and stir it slow,\n"
         "I've got a whole afternoon to blow.\n"},
        {"Alley Cat Blues",
         "There's a cat on my fence with a mayor's ambition,\n"
         "a vest of white fur and a chewed-up ear;\n"
         "he dines with the butcher, he naps at the chapel,\n"
         "he's kissed every kitchen from here to the pier.\n",
         "Hey, Mister Whiskers, what do you know?\n"
         "The fish is on Friday, the gossip's below.\n"},
        {"Taxi in the Rain",
         "The whole of the avenue's shining like trumpets,\n"
         "my hat is a fountain, my shoes are a lake;\n"
         "one yellow taxi and two of us waving,\n"
         "so split it with me for the umbrella's sake.\n",
         "Uptown, downtown, which way, dear?\n"
         "Driver, go slowly, she's sitting right here.\n"},
        {"Closing Time",
         "The chairs are all up with their legs in the air,\n"
         "the bartender hums as he's drying a glass;\n"
         "the old fellow plays like the room is still crowded,\n"
         "one for the road and then two for the past.\n",
         "Play it again with the lights down low,\n"
         "a song isn't over till somebody goes.\n"},
        {"Sunday Paper",
         "The funnies are mine and the weather is yours,\n"
         "the crossword's a treaty we sign with a pen;\n"
         "what's seven across for a loafer's ambition?\n"
         "We'll think about that, and then think it again.\n",
         "Lazy, lazy, slippers and jam,\n"
         "the world's in a hurry, I don't think I am.\n"}}},
  }};
  return kBooks;
}

}  // namespace songmap::demo
