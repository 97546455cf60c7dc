import BatchCore
import Testing

@Suite("The cores that a program may use")
struct AvailableCoresTests {
  @Test(
    "are counted in the kernel's lists",
    arguments: [
      ("Name:\tx\nCpus_allowed_list:\t0-1\n", 2), ("Cpus_allowed_list:\t5\n", 1),
      ("Cpus_allowed_list:\t0-3,8,10-11\nMems_allowed:\t1\n", 7), ("Cpus_allowed_list:\t\n", nil),
      ("Cpus_allowed_list:\tx\n", nil), ("Cpus_allowed:\t3\n", nil),
    ] as [(String, Int?)])
  func cores(status: String, count: Int?) {
    #expect(AvailableCores.cores(status: status) == count)
  }

  /// The limits that `/proc/self/cgroup` and the files `cpu.max` give, and what is left of them.
  static let limits: [(groups: String, files: [String: String], time: Double?)] = [
    ("0::/\n", ["/sys/fs/cgroup/cpu.max": "150000 100000\n"], 1.5),
    ("0::/\n", ["/sys/fs/cgroup/cpu.max": "max 100000\n"], nil),
    ("0::/\n", [:], nil),
    (
      "1:name=systemd:/x\n0::/a/b\n",
      [
        "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "/sys/fs/cgroup/a/cpu.max": "400000 200000\n",
        "/sys/fs/cgroup/cpu.max": "300000 100000\n",
      ], 2
    ),
    ("4:cpu,cpuacct:/x\n", ["/sys/fs/cgroup/cpu.max": "150000 100000\n"], nil),
    ("0::/\n", ["/sys/fs/cgroup/cpu.max": "0 0\n"], nil),
  ]

  @Test("are not more than control groups give time for", arguments: limits)
  func coreTime(groups: String, files: [String: String], time: Double?) {
    #expect(AvailableCores.coreTime(groups: groups) { files[$0] } == time)
  }
}
