/// What texts in a language look like, as far as it tells encodings apart.
struct Language: Sendable {
  /// The code of the `lang` attribute.
  let code: String
  /// The single-byte encodings in which the language was written.
  let encodings: [String]
  /// Lower-case letters beyond ASCII, the most frequent first.
  let letters: String
  /// Short ASCII words that are frequent in the language and rare in its neighbours; none for a
  /// language that is not written in Latin letters.
  let words: Set<ShortWord>
  /// Frequent words with letters beyond ASCII.
  let accented: [String]

  var isLatin: Bool { !words.isEmpty }

  init(
    _ code: String, _ encodings: String, _ letters: String, words: String = "",
    accented: String = ""
  ) {
    self.code = code
    self.encodings = encodings.split(separator: " ").map(String.init)
    self.letters = letters
    self.words = Set(words.split(separator: " ").compactMap { ShortWord($0.utf8) })
    self.accented = accented.split(separator: " ").map(String.init)
  }

  private static let western = "windows-1252 iso-8859-15 macintosh"
  private static let central = "windows-1250 iso-8859-2"
  private static let cyrillic = "windows-1251 koi8-r iso-8859-5 ibm866 x-mac-cyrillic"

  static let all: [Language] = [
    Language(
      "en", western, "éüöáóñçèíäøã",
      words: "the of and to in that is for with this are by from which an"),
    Language(
      "fr", western, "éèàêçôîùâûïœëü",
      words: "le la les des du et une est dans pour que qui par sur avec sont aux ce nous plus",
      accented: "à été être même où très après déjà là méthode résultats"),
    Language(
      "de", western, "üäöß",
      words: "der die und das den von mit ist im zu des dem ein eine auf nicht",
      accented: "für über können würde größer während höher"),
    Language(
      "es", western, "óíáéñúü",
      words: "el los las del una que por con para se su como es al lo entre este",
      accented: "más también según además está él sí después método"),
    Language(
      "pt", western, "ãçáéóíêõâúàôü",
      words: "os da do das dos uma um com para que em por se ao na no mais foi como",
      accented: "não é são à também até está já há será às método"),
    Language(
      "it", western, "àèùòìé",
      words: "il di che la della per un una del con sono gli dei nel alla delle si come",
      accented: "è più può perché però già così né sarà"),
    Language(
      "ca", western, "àéèóíçòúïü", words: "els les amb una dels per que del als aquest aquesta i",
      accented: "és més també però això"),
    Language(
      "sv", western, "äåöé", words: "och att det som en av den med till ett om har inte",
      accented: "för är på från även när så också får två"),
    Language(
      "da", western, "øåæé", words: "og at det som en af den med til et er har ikke fra",
      accented: "på så også når får være både første"),
    Language(
      "no", western, "åøæé", words: "og at det som en av den med til et er har ikke fra",
      accented: "på så også når får være både første"),
    Language(
      "fi", western, "äöåš", words: "ja on ei oli se joka ovat mutta kun sen niin kuin myös",
      accented: "että myös tämä sekä näin hän yhä tässä"),
    Language(
      "nl", western, "ëéïüèöó", words: "de het een van en dat zijn voor met niet aan ook bij",
      accented: "één café"),
    Language(
      "is", western, "áðíþéöóæúý", words: "og er sem til um en hann var ekki fyrir eru",
      accented: "að það við á í þess úr frá þar"),
    Language(
      "sq", western, "ëç", words: "dhe nga me per ne te nje qe si ka jane",
      accented: "të në një është"),
    Language(
      "cs", central, "íáéěřýčžšůúóťňď", words: "se na je ve pro byl jako ale jsou jeho od by za",
      accented: "že při být také než které více až může když"),
    Language(
      "sk", central, "áíéčžýšúľťôňóäďŕĺ", words: "sa na je vo pre bol ako ale jeho od by sme podla",
      accented: "že byť tiež než ktoré až môže keď"),
    Language(
      "pl", central, "łęąóżśćńź", words: "jest na nie do jak oraz przez dla od ich jego tego po",
      accented: "się że są być także może które można niż też który również między"),
    Language(
      "hu", central, "éáöóőüíúű",
      words: "az egy hogy nem meg ez volt csak mint vagy ezek is szerint lehet kell minden",
      accented: "és több között így után első által már még új két részt én őket ő"),
    Language(
      "ro", central, "ăîţâş", words: "de la cu din pe un care este pentru sunt mai prin au",
      accented: "şi în că să după până fără între două această"),
    Language(
      "hr", central, "čšžćđ", words: "je na se da za od su koji kao ne bi ili sa iz kako",
      accented: "što će već više može također između"),
    Language(
      "tr", "windows-1254", "ıüşğçöâîû", words: "ve bir bu ile da olarak olan gibi daha ama",
      accented: "için çok olduğu göre değil bütün"),
    Language(
      "lt", "windows-1257 iso-8859-13", "ėšįųąčžūę", words: "ir kad yra su buvo tai kaip bet apie",
      accented: "į iš už šio"),
    Language(
      "lv", "windows-1257 iso-8859-13", "āīēšūņžļčķģ", words: "un ir par ar no kas bet tika kur",
      accented: "kā nē arī būt pēc tā tās vēl"),
    Language(
      "et", "windows-1257 \(western)", "äõüöšž", words: "ja on ei et ning oli see kui ka oma",
      accented: "või mõne üks välja käesolev töö"),
    Language("ru", cyrillic, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"),
    Language("uk", "windows-1251 koi8-u iso-8859-5", "оанивтіерскдлупмьязгбчйхцжїюєшфщґ"),
    Language("bg", "windows-1251 iso-8859-5", "аиоетнрсвлкдпмзугбяъчцйщшжфхюь"),
    Language("sr", "windows-1251 iso-8859-5", "аоиенрстјувкдмплзбгчћшцжљњхђфџ"),
    Language("el", "windows-1253 iso-8859-7", "αοιετσνηυρπκςμλωίόάγέδήθχύφβώξζψϊϋΐΰ"),
    Language("he", "windows-1255 iso-8859-8", "יוהלאתרמבשנקדעחפםכןטסגצזךץף"),
    Language("ar", "windows-1256 iso-8859-6", "اليمونرتبةعدسفهكقحجشصأخطىضإزثءغئذظآؤ"),
    Language("fa", "windows-1256", "اینردهتومبسشکلزخگفقپعجحآچصطغضثذظژئ"),
    Language("th", "windows-874", "านรกอเงมยลว่ดท้สตะปบคหิแจพชขใไีโ็ัืุผึูซถฟำ์ณศธษญภฉฮฐฎ"),
  ]
}
