import BatchCore
import Testing

@Suite("Part buffers")
struct PartBuffersTests {
  private func part(_ bytes: ByteBuffer) -> Part {
    Part(items: 0..<1, bytes: bytes, failures: [])
  }

  private func filled(_ buffer: ByteBuffer, _ count: Int) -> ByteBuffer {
    buffer.append([UInt8](repeating: 1, count: count))
    return buffer
  }

  @Test("hold a worker that runs ahead of the disk, and let it go on when there is room")
  func backPressure() {
    let buffers = PartBuffers(workers: 0)
    let chunk = buffers.limit / 4 + 1
    let charged = Mailbox<Int>()
    WorkThread.start("ahead") {
      for number in 0..<6 {
        buffers.charge(part(filled(ByteBuffer(), chunk)))
        charged.post(number)
      }
    }
    for number in 0..<4 { #expect(charged.takeFirst() == number) }
    var more: [Int] = []
    charged.receive(into: &more, waiting: 0.1)
    #expect(more.isEmpty)
    buffers.giveBack(part(filled(ByteBuffer(), chunk)))
    #expect(charged.takeFirst() == 4)
    charged.receive(into: &more, waiting: 0.1)
    #expect(more.isEmpty)
    buffers.giveBack(part(filled(ByteBuffer(), chunk)))
    #expect(charged.takeFirst() == 5)
  }

  @Test("lend the same memory again, empty")
  func reuse() {
    let buffers = PartBuffers(workers: 1)
    let first = buffers.take()
    buffers.charge(part(filled(ByteBuffer(), 5)))
    buffers.giveBack(part(filled(first, 5)))
    let second = buffers.take()
    #expect(second === first)
    #expect(second.isEmpty)
    #expect(buffers.take() !== first)
  }

  @Test("never lend one buffer to two workers")
  func distinct() {
    let buffers = PartBuffers(workers: 2)
    let out = (0..<50).map { _ in buffers.take() }
    for buffer in out { buffers.giveBack(unused: buffer) }
    let again = (0..<100).map { _ in buffers.take() }
    #expect(Set(again.map { ObjectIdentifier($0) }).count == 100)
  }
}
