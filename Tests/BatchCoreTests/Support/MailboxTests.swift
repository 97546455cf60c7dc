import BatchCore
import Testing

@Suite("A mailbox")
struct MailboxTests {
  @Test("gives messages in order, all at once or one by one")
  func order() {
    let mailbox = Mailbox<Int>()
    for number in 0..<5 { mailbox.post(number) }
    #expect(mailbox.takeFirst() == 0)
    var rest = [99]
    mailbox.receive(into: &rest, waiting: 0)
    #expect(rest == [1, 2, 3, 4])
    mailbox.receive(into: &rest, waiting: 0)
    #expect(rest.isEmpty)
  }

  @Test("waits no longer than it was told, and no shorter")
  func timeout() {
    let mailbox = Mailbox<Int>()
    let clock = MonotonicClock()
    var messages: [Int] = []
    mailbox.receive(into: &messages, waiting: 0.05)
    #expect(messages.isEmpty)
    #expect(clock.now >= 0.05)
    #expect(clock.now < 5)
  }

  @Test("wakes who waits when a message comes")
  func wakes() {
    let mailbox = Mailbox<Int>()
    let ready = Mailbox<Int>()
    let answers = Mailbox<Int>()
    WorkThread.start("waiter") {
      var messages: [Int] = []
      ready.post(1)
      mailbox.receive(into: &messages, waiting: 60)
      answers.post(messages.first ?? -1)
    }
    _ = ready.takeFirst()
    let clock = MonotonicClock()
    mailbox.post(7)
    #expect(answers.takeFirst() == 7)
    #expect(clock.now < 30)
  }

  @Test("gives each message to one of many waiters, and loses none")
  func manyWaiters() {
    let mailbox = Mailbox<Int>()
    let taken = Mailbox<Int>()
    for _ in 0..<8 {
      WorkThread.start("waiter") {
        while true {
          let number = mailbox.takeFirst()
          if number < 0 { return }
          taken.post(number)
        }
      }
    }
    for poster in 0..<4 {
      WorkThread.start("poster") {
        for number in 0..<500 { mailbox.post(poster * 500 + number) }
      }
    }
    var seen: [Int] = []
    for _ in 0..<2000 { seen.append(taken.takeFirst()) }
    for _ in 0..<8 { mailbox.post(-1) }
    #expect(seen.sorted() == Array(0..<2000))
  }
}
