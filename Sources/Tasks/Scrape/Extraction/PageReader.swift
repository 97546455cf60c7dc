internal import BatchCore

/// Reads one page as it arrives and extracts what is wanted; one thread at a time.
///
/// Only as much is parsed as can matter. The source is scanned for the literals of the rules that are still
/// open; a block is parsed when one of them stands there, and so is everything before it. What is found is
/// the same as if all had been parsed, whatever the chunks are.
package final class PageReader {
  /// Whether more of the page is of use.
  package enum Appetite: Sendable {
    case more
    /// Nothing that follows can change what was found.
    case enough
  }

  private let extractor: Extractor
  private let contentType: String?
  private let memory: PageMemory
  private var charset: EncodingName?
  private var transcoder: Transcoder?
  private var isHTML = true
  private var blocks: SourceBlocks
  private var walk: PageWalk
  /// How many blocks have been looked at, and how many of them parsed.
  private var checked = 0
  private var parsed = 0
  /// The groups of blocks that the parser has not made elements of.
  private var heldGroups: UInt64 = 0
  private var headSeen = false
  private var headEnd = 0
  private var isComplete = false
  private var usedScripts = 0
  /// Whether the JSON-LD that describes the page has been found.
  private var hasSubject = false
  /// What is looked for in the source; everything until the page's site is known.
  private var openGroups = UInt64.max
  private var hasRuleEverywhere = false

  /// Bytes after which the head is over in any case, when the body has begun and when it has not.
  private static let longestHead = (body: 32 << 10, head: 512 << 10)
  /// Bytes behind the head in which a heading may say that the page is missing.
  private static let notFoundBytes = 32 << 10

  /// - Parameters:
  ///   - finalURL: the address the page came from, after redirects.
  ///   - contentType: the value of the HTTP header, if there was one.
  ///   - memory: must not serve another page before this one is finished.
  package init(
    _ extractor: Extractor, finalURL: String, contentType: String?,
    memory: PageMemory = PageMemory()
  ) {
    self.extractor = extractor
    self.contentType = contentType
    self.memory = memory
    memory.clear()
    blocks = SourceBlocks(extractor.plan.scan, buffer: memory.text)
    walk = PageWalk(extractor, document: memory.document, finalURL: finalURL)
  }

  /// Bytes of UTF-8 that have been parsed; the rest of what arrived could not matter.
  package var parsedBytes: Int { parsed == 0 ? 0 : blocks.blocks[parsed - 1].range.upperBound }

  // MARK: - Bytes

  /// Takes the next bytes of the body.
  package func feed(_ bytes: UnsafeRawBufferPointer) -> Appetite {
    guard !isSettled, isHTML else { return .enough }
    if charset == nil {
      unsafe memory.window.append(bytes)
      if memory.window.count < EncodingDecision.windowBytes { return .more }
      decideEncoding(isWhole: false)
    } else {
      unsafe decode(bytes, isLast: false)
    }
    return isSettled || !isHTML ? .enough : .more
  }

  private func decideEncoding(isWhole: Bool) {
    let decision = unsafe memory.window.withBytes {
      unsafe EncodingDecision.decide(window: $0, contentType: contentType, isWhole: isWhole)
    }
    charset = decision.name
    isHTML = unsafe memory.window.withBytes {
      unsafe BodyKind.isHTML($0, contentType: contentType, charset: decision.name)
    }
    transcoder = Transcoder(decision.name)
    unsafe memory.window.withBytes { unsafe decode($0, isLast: isWhole) }
  }

  private func decode(_ bytes: UnsafeRawBufferPointer, isLast: Bool) {
    guard isHTML else { return }
    let start = memory.text.count
    unsafe transcoder?.append(bytes, to: memory.text, isLast: isLast)
    unsafe SourceSearch.blankControls(
      UnsafeMutableRawBufferPointer(rebasing: memory.text.mutableBytes[start...]))
    advance(isLast: isLast)
  }

  // MARK: - Blocks

  private func advance(isLast: Bool) {
    var hasCut: Bool
    repeat {
      hasCut = blocks.cut(groups(wantedAt: blocks.cutOffset), isLast: isLast)
      takeScripts()
      // The block behind the one to be checked has to be known, unless there is none.
      let limit = blocks.blocks.count - (isLast && !hasCut ? 0 : 1)
      while !isSettled, checked < limit {
        if needs(checked) { while parsed <= checked { parseNextBlock() } }
        checked += 1
      }
    } while hasCut && !isSettled
    if isLast, parsed == blocks.blocks.count, !isSettled { finishParsing() }
    blocks.drop(before: parsed)
  }

  /// The groups of literals in a block and its neighbours: tags and headings reach over the ends.
  private func groups(around block: Int) -> UInt64 {
    let all = blocks.blocks
    var groups = all[block].groups
    if block > 0 { groups |= all[block - 1].groups }
    if block + 1 < all.count { groups |= all[block + 1].groups }
    return groups
  }

  /// What is looked for in the source at an offset: far from the head no heading ends the page.
  private func groups(wantedAt offset: Int) -> UInt64 {
    guard walk.isHeadDone, offset >= headEnd + Self.notFoundBytes else { return openGroups }
    return openGroups & ~extractor.plan.notFoundGroups
  }

  /// Fewer bytes may wait in the parser than a block has: what is found near a block covers those.
  private var isParserBehind: Bool { memory.document.pendingBytes > SourceBlocks.blockBytes / 2 }

  private func needs(_ block: Int) -> Bool {
    if isParserBehind && parsed > 0 { return true }
    if extractor.request.needsWholePage || !walk.isHeadDone || walk.hasOpenCandidates {
      return true
    }
    let open =
      groups(wantedAt: blocks.blocks[block].range.lowerBound) & ~RulePlan.jsonGroup
    return hasRuleEverywhere || open & groups(around: block) != 0
  }

  private func parseNextBlock() {
    let block = parsed
    parsed += 1
    unsafe blocks.withBytes(of: block) { unsafe memory.document.feed($0) }
    visit(block)
    if !walk.isHeadDone { lookForHeadEnd(blocks.blocks[block]) }
    if walk.isHeadDone { settle() }
  }

  private func visit(_ block: Int) {
    let found = groups(around: block) | heldGroups
    heldGroups = isParserBehind ? found : 0
    walk.visit(
      groups: found, allowsNotFound: !walk.isHeadDone || isNearHead(block))
  }

  private func isNearHead(_ block: Int) -> Bool {
    blocks.blocks[block].range.lowerBound < headEnd + Self.notFoundBytes
  }

  private func lookForHeadEnd(_ block: SourceBlocks.Block) {
    headSeen = headSeen || block.endsHead
    let offset = block.range.upperBound
    let isOver =
      headSeen && !walk.isInsideHead || offset >= Self.longestHead.head
      || offset >= Self.longestHead.body && walk.isInsideBody
    guard isOver else { return }
    endHead(at: offset)
  }

  private func endHead(at offset: Int) {
    headEnd = offset
    walk.endHead()
    usedScripts = 0
    takeScripts()
    notice()
  }

  // MARK: - Settling

  /// Whether nothing more has to be read; a page that is no paper may still say that it is missing.
  private var isSettled: Bool {
    isComplete && (walk.facts.hasCitation || checkedOffset >= headEnd + Self.notFoundBytes)
  }

  /// Where the first block begins that has not been looked at.
  private var checkedOffset: Int {
    checked < blocks.blocks.count ? blocks.blocks[checked].range.lowerBound : blocks.endOffset
  }

  private func settle() {
    // The whole page is judged at its end: what was decided on the way must agree with that.
    guard !extractor.request.needsWholePage else { return }
    walk.settle(isFinal: false)
    notice()
  }

  /// Finds out what could still change the result.
  private func notice() {
    let groups = walk.findings.openGroups(
      ignoring: walk.facts.hasCitation ? .notFound : nil, countsJSON: !hasSubject)
    openGroups = groups ?? .max
    hasRuleEverywhere = groups == nil
    guard !extractor.request.needsWholePage else { return }
    isComplete = walk.findings.isSettled(ignoring: .notFound)
  }

  private func takeScripts() {
    guard walk.isHeadDone, !hasSubject, blocks.scripts.count > usedScripts else { return }
    let data = JSONLinkedData(scripts: blocks.scripts[usedScripts...])
    usedScripts = blocks.scripts.count
    guard data.hasSubject else { return }
    hasSubject = true
    walk.take(data)
    notice()
  }

  private func finishParsing() {
    memory.document.finish()
    guard !blocks.blocks.isEmpty else { return }
    visit(blocks.blocks.count - 1)
  }

  // MARK: - The end

  /// Ends the page, whether it arrived whole or not.
  package func finish() -> ExtractedPage {
    if charset == nil {
      decideEncoding(isWhole: true)
    } else {
      unsafe decode(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
    }
    var page = ExtractedPage(charset: charset?.text ?? "utf-8", isHTML: isHTML)
    guard isHTML else { return page }
    if !walk.isHeadDone { endHead(at: blocks.endOffset) }
    walk.settle(isFinal: true)
    Answers(extractor, walk).fill(&page)
    return page
  }
}
