/// A compiled CSS selector.
///
/// Made to be asked of one element at a time, from the right to the left, while the page is being read:
/// most selectors can be answered as soon as an element begins.
package struct Selector: Sendable, Equatable {
  /// The parts between commas; an element that matches one of them matches.
  var alternatives: [Chain]

  /// A compound, and what has to stand to the left of it, the nearest first.
  ///
  /// A class, so that handing one on copies nothing: thousands of elements are compared with it.
  final class Chain: Sendable, Equatable {
    let subject: Compound
    let links: [Link]

    init(subject: Compound, links: [Link] = []) {
      self.subject = subject
      self.links = links
    }

    static func == (first: Chain, second: Chain) -> Bool {
      first.subject == second.subject && first.links == second.links
    }
  }

  struct Link: Sendable, Equatable {
    var combinator: Combinator
    var compound: Compound
  }

  enum Combinator: Sendable, Equatable {
    /// A blank.
    case descendant
    /// `>`
    case child
    /// `+`
    case nextSibling
    /// `~`
    case laterSibling
  }

  /// What one element has to be: `a.link[href]:not(.old)`.
  struct Compound: Sendable, Equatable {
    var tag: ByteName?
    var id: ByteName?
    var classes: [ByteName] = []
    var attributes: [AttributeTest] = []
    var conditions: [Condition] = []
    /// The element that a selector inside of `:has()` starts from.
    var isScope = false
  }

  struct AttributeTest: Sendable, Equatable {
    var name: ByteName
    var test: AttributeOperator
    /// In lower case when case is ignored.
    var value: [UInt8]
    var ignoresCase: Bool
  }

  /// The place among siblings: the `step * n + offset`-th for some n of 0 or more, counted from 1.
  struct Place: Sendable, Equatable {
    var step: Int
    var offset: Int
    var ofType: Bool
    var fromEnd: Bool

    static func at(_ offset: Int, ofType: Bool, fromEnd: Bool) -> Place {
      Place(step: 0, offset: offset, ofType: ofType, fromEnd: fromEnd)
    }

    func includes(_ index: Int) -> Bool {
      guard step != 0 else { return index == offset }
      let rest = index - offset
      return rest % step == 0 && rest / step >= 0
    }
  }

  enum Condition: Sendable, Equatable {
    case place(Place)
    case root
    case empty
    case not(Selector)
    case any(Selector)
    case has(Selector)
  }
}

// MARK: - Looking ahead

extension Selector {
  /// Whether the answer may change after the element has begun: the page has to be read to its end.
  package var looksAhead: Bool {
    alternatives.contains { chain in
      chain.subject.looksAhead || chain.links.contains { $0.compound.looksAhead }
    }
  }
}

extension Selector.Compound {
  fileprivate var looksAhead: Bool { conditions.contains { $0.looksAhead } }
}

extension Selector.Condition {
  fileprivate var looksAhead: Bool {
    switch self {
    case .place(let place): place.fromEnd
    case .root: false
    case .empty, .has: true
    case .not(let selector), .any(let selector): selector.looksAhead
    }
  }
}
