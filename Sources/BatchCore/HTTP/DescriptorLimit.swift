internal import Glibc

/// How many files and sockets this process may have open.
package enum DescriptorLimit {
  /// Raises the soft limit to `wanted`, as far as the hard one allows; the limit that holds then.
  ///
  /// Connections fail like those to a dead host when there are no descriptors left, so whoever opens
  /// many makes sure of them first.
  package static func raise(to wanted: Int) -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard unsafe getrlimit(resource, &limit) == 0 else { return wanted }
    if limit.rlim_cur < wanted {
      limit.rlim_cur = min(limit.rlim_max, rlim_t(wanted))
      unsafe setrlimit(resource, &limit)
    }
    return Int(clamping: limit.rlim_cur)
  }
}
