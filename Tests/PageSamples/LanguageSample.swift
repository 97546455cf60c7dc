/// Text in one language, and the encodings in which pages of it were served.
package struct LanguageSample: Sendable {
  package let language: String
  /// WHATWG names, to be told apart by the text alone.
  package let encodings: [String]
  package let title: String
  package let abstract: String

  package var testDescription: String { language }

  /// A small page as journals serve it, with a declaration of the encoding or none.
  package func page(charset: String? = nil, isLong: Bool = false) -> String {
    let meta = charset.map {
      "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=\($0)\">"
    }
    let body = Array(repeating: "<p>\(abstract)</p>", count: isLong ? 12 : 1)
    return """
      <!DOCTYPE html><html><head>\(meta ?? "")<title>\(title)</title>
      <link rel="stylesheet" href="/style.css"><script>var page = {id: 17, mode: "view"};</script></head>
      <body><div id="nav"><a href="/">Home</a> | <a href="/issues">Archive</a></div>
      <h1>\(title)</h1><h2>Abstract</h2>\(body.joined(separator: "\n"))
      <p>Copyright 2009. All rights reserved.</p></body></html>
      """
  }

  package static let all: [LanguageSample] = [
    LanguageSample(
      language: "Japanese", encodings: ["shift_jis", "euc-jp", "iso-2022-jp"],
      title: "深層学習による画像分類の改善",
      abstract: "本論文では、少ない教師データから画像を分類する新しい手法を提案する。実験の結果、従来の方法よりも高い精度が得られることを確認した。"
    ),
    LanguageSample(
      language: "Simplified Chinese", encodings: ["gb18030"], title: "基于图神经网络的文本分类方法",
      abstract: "本文提出了一种基于图神经网络的文本分类方法。实验结果表明，该方法在三个公开数据集上的准确率均高于已有的模型。"),
    LanguageSample(
      language: "Traditional Chinese", encodings: ["big5"], title: "以類神經網路預測股價之研究",
      abstract: "本研究提出一種新的方法，利用類神經網路預測臺灣股市的變化。結果顯示，這個模型的準確度比傳統的統計方法高，而且計算時間較短。"),
    LanguageSample(
      language: "Korean", encodings: ["euc-kr"], title: "심층 신경망을 이용한 한국어 문서 분류",
      abstract: "본 논문에서는 심층 신경망을 이용하여 한국어 문서를 분류하는 방법을 제안한다. 실험 결과 제안한 방법이 기존의 방법보다 높은 정확도를 보였다."),
    LanguageSample(
      language: "Russian", encodings: ["windows-1251", "koi8-r", "iso-8859-5", "ibm866"],
      title: "Обучение нейронных сетей на малых выборках",
      abstract:
        "В статье предложен метод обучения нейронных сетей на малых выборках. Показано, что точность классификации выше, чем у известных алгоритмов."
    ),
    LanguageSample(
      language: "Ukrainian", encodings: ["windows-1251"],
      title: "Методи навчання нейронних мереж",
      abstract:
        "У статті запропоновано метод навчання нейронних мереж на малих вибірках. Показано, що точність класифікації вища, ніж у відомих алгоритмів її побудови."
    ),
    LanguageSample(
      language: "Bulgarian", encodings: ["windows-1251"], title: "Обучение на невронни мрежи",
      abstract:
        "В статията е предложен метод за обучение на невронни мрежи с малко данни. Показано е, че точността на класификацията е по-висока от тази на известните алгоритми."
    ),
    LanguageSample(
      language: "Greek", encodings: ["windows-1253", "iso-8859-7"],
      title: "Μάθηση νευρωνικών δικτύων",
      abstract:
        "Στην εργασία αυτή προτείνεται μια νέα μέθοδος εκπαίδευσης νευρωνικών δικτύων με λίγα δεδομένα. Τα αποτελέσματα δείχνουν ότι η ακρίβεια είναι υψηλότερη. Άλλες μέθοδοι υστερούν."
    ),
    LanguageSample(
      language: "Hebrew", encodings: ["windows-1255"], title: "למידה עמוקה לסיווג תמונות",
      abstract:
        "במאמר זה אנו מציעים שיטה חדשה לאימון רשתות עצביות מתוך מעט נתונים. התוצאות מראות כי הדיוק גבוה יותר מזה של השיטות הקיימות."
    ),
    LanguageSample(
      language: "Arabic", encodings: ["windows-1256", "iso-8859-6"],
      title: "تصنيف النصوص العربية",
      abstract:
        "تقترح هذه الدراسة طريقة جديدة لتصنيف النصوص العربية باستخدام الشبكات العصبية. وقد أظهرت النتائج أن دقة التصنيف أعلى من الطرق المعروفة."
    ),
    LanguageSample(
      language: "Thai", encodings: ["windows-874"], title: "การจำแนกข้อความภาษาไทย",
      abstract:
        "งานวิจัยนี้นำเสนอวิธีการใหม่ในการจำแนกข้อความภาษาไทยด้วยโครงข่ายประสาทเทียม ผลการทดลองแสดงให้เห็นว่าความถูกต้องสูงกว่าวิธีเดิม"
    ),
    LanguageSample(
      language: "Czech", encodings: ["windows-1250", "iso-8859-2"],
      title: "Učení neuronových sítí z malého počtu příkladů",
      abstract:
        "V článku je navržena metoda učení neuronových sítí z malého počtu příkladů. Výsledky ukazují, že přesnost je vyšší než u známých postupů, které byly dříve použity."
    ),
    LanguageSample(
      language: "Polish", encodings: ["windows-1250", "iso-8859-2"],
      title: "Uczenie sieci neuronowych na małych zbiorach",
      abstract:
        "W artykule przedstawiono metodę uczenia sieci neuronowych na małych zbiorach danych. Wyniki wskazują, że dokładność jest wyższa niż w przypadku znanych podejść, a koszt obliczeń pozostaje niski."
    ),
    LanguageSample(
      language: "Hungarian", encodings: ["windows-1250", "iso-8859-2"],
      title: "Neurális hálózatok tanítása kevés adatból",
      abstract:
        "A cikk új módszert mutat be, amellyel neurális hálózatok kevés adatból is taníthatók. Az eredmények szerint az eljárás pontosabb, mint a korábbi módszerek, és jelentősen gyorsabb is azoknál."
    ),
    LanguageSample(
      language: "Slovak", encodings: ["windows-1250", "iso-8859-2"],
      title: "Učenie neurónových sietí z malého počtu príkladov",
      abstract:
        "V článku navrhujeme metódu učenia neurónových sietí z malého počtu príkladov. Výsledky ukazujú, že presnosť je vyššia ako pri známych postupoch, ktoré boli doteraz použité."
    ),
    LanguageSample(
      language: "Romanian", encodings: ["windows-1250", "iso-8859-2"],
      title: "Învăţarea reţelelor neuronale",
      abstract:
        "În acest articol este prezentată o metodă nouă de învăţare a reţelelor neuronale din puţine exemple. Rezultatele arată că precizia este mai mare decât cea a metodelor cunoscute şi că timpul de calcul scade."
    ),
    LanguageSample(
      language: "Croatian", encodings: ["windows-1250", "iso-8859-2"],
      title: "Učenje neuronskih mreža iz malo podataka",
      abstract:
        "U članku se predlaže metoda za učenje neuronskih mreža iz malog broja primjera. Rezultati pokazuju da je točnost veća nego kod poznatih postupaka, što će olakšati njihovu primjenu."
    ),
    LanguageSample(
      language: "Turkish", encodings: ["windows-1254"],
      title: "Az veriyle yapay sinir ağlarının eğitimi",
      abstract:
        "Bu çalışmada yapay sinir ağlarının az sayıda örnekle eğitilmesi için yeni bir yöntem önerilmiştir. Sonuçlar, doğruluğun bilinen yöntemlerden daha yüksek olduğunu göstermektedir."
    ),
    LanguageSample(
      language: "Lithuanian", encodings: ["windows-1257"], title: "Neuroninių tinklų mokymas",
      abstract:
        "Straipsnyje pasiūlytas naujas neuroninių tinklų mokymo metodas, kuriam reikia mažai duomenų. Rezultatai rodo, kad tikslumas yra didesnis už žinomų metodų, o skaičiavimo trukmė trumpesnė."
    ),
    LanguageSample(
      language: "Latvian", encodings: ["windows-1257"], title: "Neironu tīklu apmācība",
      abstract:
        "Rakstā piedāvāta jauna metode neironu tīklu apmācībai no maza piemēru skaita. Rezultāti rāda, ka precizitāte ir augstāka nekā zināmajām metodēm, un aprēķini ir ātrāki."
    ),
    LanguageSample(
      language: "Estonian", encodings: ["windows-1252"], title: "Närvivõrkude õpetamine",
      abstract:
        "Artiklis pakutakse välja uus meetod närvivõrkude õpetamiseks väheste näidete põhjal. Tulemused näitavad, et täpsus on suurem kui varem tuntud meetoditel."
    ),
    LanguageSample(
      language: "French", encodings: ["windows-1252"],
      title: "Apprentissage de réseaux à partir de peu d'exemples",
      abstract:
        "Nous présentons une méthode d'apprentissage de réseaux de neurones à partir de très peu d'exemples. Les résultats montrent que la précision est supérieure à celle des approches déjà connues."
    ),
    LanguageSample(
      language: "German", encodings: ["windows-1252"],
      title: "Das Lernen neuronaler Netze aus wenigen Beispielen",
      abstract:
        "Wir stellen ein Verfahren vor, mit dem neuronale Netze aus wenigen Beispielen lernen können. Die Ergebnisse zeigen, dass die Genauigkeit höher ist als bei bekannten Ansätzen für ähnliche Aufgaben."
    ),
    LanguageSample(
      language: "Spanish", encodings: ["windows-1252"],
      title: "Aprendizaje de redes neuronales con pocos ejemplos",
      abstract:
        "En este artículo presentamos un método para el aprendizaje de redes neuronales con pocos ejemplos. Los resultados muestran que la precisión es más alta que la de los métodos conocidos en español."
    ),
    LanguageSample(
      language: "Portuguese", encodings: ["windows-1252"],
      title: "Aprendizagem de redes neurais com poucos exemplos",
      abstract:
        "Neste artigo apresentamos um método de aprendizagem de redes neurais com poucos exemplos. Os resultados mostram que a precisão é mais alta do que a dos métodos já conhecidos e que a execução é rápida."
    ),
    LanguageSample(
      language: "Italian", encodings: ["windows-1252"], title: "Apprendimento di reti neurali",
      abstract:
        "In questo articolo si presenta un metodo per l'apprendimento di reti neurali con pochi esempi. La precisione è più alta di quella dei metodi noti, e la complessità è già ridotta perché il modello è piccolo."
    ),
    LanguageSample(
      language: "Swedish", encodings: ["windows-1252"], title: "Inlärning av neurala nätverk",
      abstract:
        "I artikeln beskrivs en metod för inlärning av neurala nätverk från få exempel. Resultaten visar att noggrannheten är högre än för kända metoder och att beräkningarna går snabbare."
    ),
    LanguageSample(
      language: "Danish", encodings: ["windows-1252"], title: "Oplæring af neurale netværk",
      abstract:
        "I artiklen beskrives en metode til oplæring af neurale netværk fra få eksempler. Resultaterne viser, at nøjagtigheden er højere end for kendte metoder, og at beregningerne er hurtigere på almindelige maskiner."
    ),
    LanguageSample(
      language: "Finnish", encodings: ["windows-1252"], title: "Neuroverkkojen opettaminen",
      abstract:
        "Artikkelissa esitetään menetelmä, jolla neuroverkkoja voidaan opettaa pienestä määrästä esimerkkejä. Tulokset osoittavat, että tarkkuus on parempi kuin tähän asti tunnetuilla menetelmillä."
    ),
    LanguageSample(
      language: "Icelandic", encodings: ["windows-1252"], title: "Þjálfun tauganeta með fáum dæmum",
      abstract:
        "Í greininni er lýst aðferð til að þjálfa tauganet með fáum dæmum. Niðurstöðurnar sýna að nákvæmnin er meiri en með þekktum aðferðum og að útreikningar taka styttri tíma."
    ),
    LanguageSample(
      language: "English", encodings: ["windows-1252"], title: "Learning from few examples",
      abstract:
        "We show that Müller’s method – the “naïve” one – learns from few examples, and that it is faster than the approaches of Gödel and Erdös for the same tasks."
    ),
  ]

  /// One case for each language and encoding.
  package static let pairs: [EncodedSample] = all.flatMap { sample in
    sample.encodings.map { EncodedSample(sample: sample, encoding: $0) }
  }
}

/// A text and the encoding to write it in.
package struct EncodedSample: Sendable {
  package let sample: LanguageSample
  package let encoding: String

  /// Whether windows-1252 makes the same text of the bytes.
  package var looksLikeLatin1: Bool {
    Iconv.encode(sample.page(), as: encoding).flatMap { Iconv.decode($0, as: "windows-1252") }
      == sample.page()
  }

  package var testDescription: String { "\(sample.language) in \(encoding)" }
}
