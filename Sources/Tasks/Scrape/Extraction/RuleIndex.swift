/// Finds the rules that an element matches, by its tag and by the names of its attributes.
///
/// A page has thousands of elements and a hundred selectors are looked for; asking every element for
/// every selector would take longer than parsing the page.
package struct RuleIndex: Sendable {
  /// What a part of a selector, between commas, asks of an element at least.
  private struct Probe: Sendable {
    let entry: Int
    /// The bits of the attributes that it needs.
    let attributes: UInt32
    let chain: Selector.Chain
  }

  /// The attributes that selectors name, by bit; `class` and `id` are the first two.
  private let attributes: [NameCode]
  /// Ascending, with the probes of each at the same place in `probes`.
  private let tags: [NameCode]
  private let probes: [[Probe]]
  /// Probes that fit any tag.
  private let anywhere: [Probe]

  private static let mostAttributes = 32

  /// - Parameter selectors: what each entry of the rules looks for.
  package init(_ selectors: [(entry: Int, selector: Selector)]) {
    var attributes = [NameCode(ByteName("class")), NameCode(ByteName("id"))]
    var byTag: [NameCode: [Probe]] = [:]
    var anywhere: [Probe] = []
    for (entry, selector) in selectors {
      for chain in selector.alternatives {
        let needed = Self.needs(of: chain.subject, &attributes)
        let probe = Probe(entry: entry, attributes: needed, chain: chain)
        if let tag = chain.subject.tag {
          byTag[NameCode(tag), default: []].append(probe)
        } else {
          anywhere.append(probe)
        }
      }
    }
    self.attributes = attributes
    self.anywhere = anywhere
    tags = byTag.keys.sorted()
    probes = tags.map { byTag[$0] ?? [] }
  }

  /// The bits of the attributes without which nothing matches; new ones get the next bit, if there is one.
  private static func needs(of subject: Selector.Compound, _ attributes: inout [NameCode]) -> UInt32
  {
    var bits: UInt32 = (subject.classes.isEmpty ? 0 : 1) | (subject.id == nil ? 0 : 2)
    for test in subject.attributes {
      let code = NameCode(test.name)
      if let known = attributes.firstIndex(of: code) {
        bits |= 1 << UInt32(known)
      } else if attributes.count < mostAttributes {
        bits |= 1 << UInt32(attributes.count)
        attributes.append(code)
      }
    }
    return bits
  }

  /// The entries whose selectors `node` matches, ascending.
  ///
  /// - Parameter isActive: whether an entry is looked for at all.
  package func matches(of node: HTMLNode, _ isActive: [Bool]) -> [Int] {
    let own = node.attributeBits(among: attributes)
    var found: [Int] = []
    if let place = place(of: node.nameCode) { add(probes[place], node, own, isActive, to: &found) }
    add(anywhere, node, own, isActive, to: &found)
    return found.count > 1 ? Array(Set(found)).sorted() : found
  }

  private func add(
    _ probes: [Probe], _ node: HTMLNode, _ own: UInt32, _ isActive: [Bool], to found: inout [Int]
  ) {
    for probe in probes
    where isActive[probe.entry] && probe.attributes & ~own == 0 && probe.chain.matches(node) {
      found.append(probe.entry)
    }
  }

  private func place(of tag: NameCode) -> Int? {
    var (low, high) = (0, tags.count)
    while low < high {
      let middle = (low + high) / 2
      if tags[middle] < tag { low = middle + 1 } else { high = middle }
    }
    return low < tags.count && tags[low] == tag ? low : nil
  }
}
