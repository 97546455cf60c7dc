/// A queue that elements can also be put back to.
struct Fifo<Element> {
  private var elements: [Element?] = []
  private var first = 0

  var isEmpty: Bool { first == elements.count }
  var count: Int { elements.count - first }

  mutating func append(_ element: Element) { elements.append(element) }

  /// Puts an element before all others.
  mutating func putBack(_ element: Element) {
    if first > 0 {
      first -= 1
      elements[first] = element
    } else {
      elements.insert(element, at: 0)
    }
  }

  mutating func popFirst() -> Element? {
    guard first < elements.count else { return nil }
    let element = elements[first]
    elements[first] = nil
    first += 1
    if first == elements.count {
      elements.removeAll(keepingCapacity: first <= 64)
      first = 0
    } else if first >= 1024, first * 2 >= elements.count {
      elements.removeFirst(first)
      first = 0
    }
    return element
  }

  func forEach(_ body: (Element) -> Void) {
    for element in elements[first...] { if let element { body(element) } }
  }

  var peek: Element? { first < elements.count ? elements[first] : nil }
}

/// Elements that become due, earliest first (a binary heap).
struct DueQueue<Element> {
  private var heap: [(due: Double, element: Element)] = []

  var earliest: Double? { heap.first?.due }
  var isEmpty: Bool { heap.isEmpty }

  mutating func insert(_ element: Element, due: Double) {
    heap.append((due, element))
    var place = heap.count - 1
    while place > 0, heap[place].due < heap[(place - 1) / 2].due {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// The earliest element, if it is due at `now`.
  mutating func pop(at now: Double) -> Element? {
    guard let first = heap.first, first.due <= now else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && heap[child].due < heap[least].due {
        least = child
      }
      guard least != place else { return first.element }
      heap.swapAt(place, least)
      place = least
    }
  }
}
