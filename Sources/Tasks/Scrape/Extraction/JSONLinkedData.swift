internal import BatchCore

/// The JSON-LD of a page: the object that describes the page's subject, and its properties.
struct JSONLinkedData {
  private let subject: JSONValue?

  private static let papers: Set<String> = [
    "ScholarlyArticle", "MedicalScholarlyArticle", "Article", "NewsArticle", "BlogPosting",
    "TechArticle", "Report", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "Thesis", "Book", "Chapter", "Dataset", "CreativeWork", "PublicationIssue",
    "SocialMediaPosting",
  ]

  /// - Parameter scripts: the contents of the page's JSON-LD scripts; what is not JSON is left out.
  init(scripts: ArraySlice<[UInt8]>) {
    var objects: [JSONValue] = []
    for script in scripts {
      guard let start = script.firstIndex(where: { $0 == 0x7B || $0 == 0x5B }),
        let value = try? JSONReader.parse(Array(script[start...]), lenient: true)
      else { continue }
      for element in value.elements {
        objects += element["@graph"]?.elements ?? [element]
        if let main = element["mainEntity"] { objects += main.elements }
      }
    }
    subject = objects.first { !Self.types(of: $0).isDisjoint(with: Self.papers) }
  }

  /// Whether there is an object that describes the page.
  var hasSubject: Bool { subject != nil }

  private static func types(of object: JSONValue) -> Set<String> {
    Set(
      (object["@type"]?.elements ?? []).compactMap(\.string).map { type in
        type.lastIndex { $0 == "/" || $0 == ":" }.map { String(type[type.index(after: $0)...]) }
          ?? type
      })
  }

  /// The texts at the end of a path of names; arrays on the way give several.
  func texts(at path: [String]) -> [String] {
    guard let subject else { return [] }
    var values = [subject]
    for (depth, name) in path.enumerated() {
      values = values.flatMap { value -> [JSONValue] in
        // An author may be its name instead of an object with one.
        if depth > 0, depth == path.count - 1, name == "name", value.string != nil {
          return [value]
        }
        return value[name]?.elements ?? []
      }
    }
    return values.compactMap(\.string).filter { !$0.isEmpty }
  }
}
