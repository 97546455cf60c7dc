internal import CurlShims
internal import Glibc

/// The sockets of one loop, and which of them are ready (epoll).
@safe
struct EventPoll: ~Copyable {
  struct Interest: OptionSet {
    let rawValue: UInt32
    static let reading = Interest(rawValue: EPOLLIN.rawValue)
    static let writing = Interest(rawValue: EPOLLOUT.rawValue)
    static let error = Interest(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
  }

  private let descriptor: Int32
  private let events: UnsafeMutableBufferPointer<epoll_event>
  private var ready = 0

  init() {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    precondition(descriptor >= 0, "the system refuses an epoll descriptor")
    unsafe events = .allocate(capacity: 256)
  }

  deinit {
    unsafe events.deallocate()
    close(descriptor)
  }

  /// Watches a socket, or changes what it is watched for; an empty interest forgets it.
  func watch(_ socket: Int32, for interest: Interest) {
    var event = unsafe epoll_event()
    unsafe event.events = interest.rawValue
    unsafe event.data.fd = socket
    if interest.isEmpty {
      unsafe epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, &event)
    } else if unsafe epoll_ctl(descriptor, EPOLL_CTL_MOD, socket, &event) != 0 {
      unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event)
    }
  }

  /// Waits for up to `seconds`; the number of sockets that are ready.
  mutating func wait(_ seconds: Double) -> Int {
    let milliseconds = Int32(min(max(seconds, 0) * 1000, 60_000).rounded(.up))
    ready = max(0, Int(unsafe epoll_wait(descriptor, events.baseAddress, 256, milliseconds)))
    return ready
  }

  func event(_ index: Int) -> (socket: Int32, state: Interest) {
    precondition(index < ready, "no such event")
    return unsafe (events[index].data.fd, Interest(rawValue: events[index].events))
  }
}
