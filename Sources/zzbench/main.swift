import BatchCore
import BlackScholes
import Glibc
func cpu() -> Double { var r = rusage(); unsafe getrusage(0, &r); return Double(r.ru_utime.tv_sec) + Double(r.ru_utime.tv_usec) / 1e6 + Double(r.ru_stime.tv_sec) + Double(r.ru_stime.tv_usec) / 1e6 }
func go<T: BatchTask>(_ t: T, _ s: any ItemSource, _ n: Int) throws {
  var w = try t.makeWorkspace()
  var i = 0, bytes = 0
  while i < s.count { for p in try t.parts(of: s.input(for: i..<min(i + n, s.count)), in: &w) { bytes += unsafe p.bytes.withBytes { $0.count }; if s.count < 1000 { print(unsafe p.bytes.withBytes { unsafe String(decoding: $0, as: UTF8.self) }) } }; i += n }
  print("bytes", bytes)
}
var o = OptionValues()
for a in CommandLine.arguments.dropFirst(3) { let p = a.split(separator: "="); o.append(p.dropFirst().joined(separator: "="), for: String(p[0])) }
let t0 = cpu()
let p = try PricePlugin.prepare(TaskRequest(options: o, input: InputFile(path: CommandLine.arguments[1], displayName: "x")))
let t1 = cpu()
try go(p.task, p.source, Int(CommandLine.arguments[2])!)
let t2 = cpu()
print("prepare", t1 - t0, "run", t2 - t1, "ns/row", (t2 - t1) * 1e9 / Double(p.source.count))
