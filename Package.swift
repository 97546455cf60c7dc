// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every target: language mode 6, strict memory safety, warnings are errors.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// The same kernel source, compiled once for each instruction set; the flags reach LLVM through Clang.
func kernels(_ name: String, _ folder: String, march: String?) -> Target {
  let machine = march.map { ["-Xcc", "-march=\($0)"] } ?? []
  return .target(
    name: name,
    dependencies: ["VectorShims"],
    path: "Sources/Tasks/BlackScholes/Kernels/\(folder)",
    swiftSettings: settings + [.unsafeFlags(["-O"] + machine)])
}

#if arch(x86_64)
  let kernelTargets = [
    kernels("KernelsBaseline", "Baseline", march: nil),
    kernels("KernelsV3", "V3", march: "x86-64-v3"),
    kernels("KernelsV4", "V4", march: "x86-64-v4"),
  ]
#else
  let kernelTargets = [kernels("KernelsBaseline", "Baseline", march: nil)]
#endif
let kernelNames = kernelTargets.map { Target.Dependency(stringLiteral: $0.name) }

let package = Package(
  name: "batchrun",
  products: [
    .executable(name: "batchrun", targets: ["batchrun"]),
    .executable(name: "batchrun-encode", targets: ["batchrun-encode"]),
    .library(name: "BatchCore", targets: ["BatchCore"]),
  ],
  targets: [
    // The core: items, batches, plan, runner, ledger. It names no task.
    .systemLibrary(name: "CSQLite", path: "Sources/BatchCore/SQLite/CSQLite"),
    .systemLibrary(name: "CCrypto", path: "Sources/BatchCore/Support/CCrypto"),
    .systemLibrary(name: "CCurl", path: "Sources/BatchCore/HTTP/CCurl"),
    .systemLibrary(name: "CZlib", path: "Sources/BatchCore/Storage/CZlib"),
    .systemLibrary(name: "CZstd", path: "Sources/BatchCore/Storage/CZstd"),
    .target(name: "CChecksum", path: "Sources/BatchCore/Support/CChecksum"),
    .target(name: "CText", path: "Sources/BatchCore/Support/CText"),
    .target(
      name: "CurlShims", dependencies: ["CCurl"], path: "Sources/BatchCore/HTTP/CurlShims"),
    .target(name: "SystemShims", path: "Sources/BatchCore/Support/SystemShims"),
    .target(
      name: "BatchCore",
      dependencies: [
        "CChecksum", "CCurl", "CSQLite", "CCrypto", "CText", "CurlShims", "CZlib", "CZstd",
        "SystemShims",
      ],
      exclude: [
        "HTTP/CCurl", "HTTP/CurlShims", "SQLite/CSQLite", "Storage/CZlib", "Storage/CZstd",
        "Support/CChecksum", "Support/CCrypto",
        "Support/CText",
        "Support/SystemShims",
      ],
      swiftSettings: settings),

    // The pricing task and its kernels.
    .target(name: "VectorShims", path: "Sources/Tasks/BlackScholes/VectorShims"),
    .target(
      name: "BlackScholes", dependencies: ["BatchCore", "VectorShims"] + kernelNames,
      path: "Sources/Tasks/BlackScholes", exclude: ["Kernels", "VectorShims"],
      swiftSettings: settings),

    // The scraping task, with libxml2 for the pages and ICU for their text.
    .systemLibrary(
      name: "CXML2", path: "Sources/Tasks/Scrape/HTML/CXML2", pkgConfig: "libxml-2.0"),
    .target(
      name: "ScrapeShims", dependencies: ["CXML2"], path: "Sources/Tasks/Scrape/ScrapeShims",
      linkerSettings: [.linkedLibrary("icui18n"), .linkedLibrary("icuuc")]),
    .target(
      name: "Scrape", dependencies: ["BatchCore", "CXML2", "CZstd", "ScrapeShims"],
      path: "Sources/Tasks/Scrape", exclude: ["HTML/CXML2", "ScrapeShims"],
      swiftSettings: settings),

    // The encoding task. Only what must be known of its commands is without FFmpeg's libraries.
    .systemLibrary(name: "CFFmpeg", path: "Sources/Tasks/Encode/FFmpeg/CFFmpeg"),
    .target(
      name: "EncodeShims", dependencies: ["CFFmpeg"], path: "Sources/Tasks/Encode/EncodeShims"),
    .target(
      name: "EncodeOptions", dependencies: ["BatchCore"], path: "Sources/Tasks/Encode/Options",
      swiftSettings: settings),
    .target(
      name: "Encode", dependencies: ["BatchCore", "CFFmpeg", "EncodeOptions", "EncodeShims"],
      path: "Sources/Tasks/Encode", exclude: ["EncodeShims", "FFmpeg/CFFmpeg", "Options"],
      swiftSettings: settings),

    // The program: one table of options, one file per command, one registry of tasks.
    .target(
      name: "Commands", dependencies: ["BatchCore"], path: "Sources/batchrun/Commands",
      swiftSettings: settings),
    .executableTarget(
      name: "batchrun",
      dependencies: ["BatchCore", "BlackScholes", "Commands", "EncodeOptions", "Scrape"],
      path: "Sources/batchrun/Program", swiftSettings: settings),
    // The commands that need FFmpeg, whose libraries take too long to load for the others.
    .executableTarget(
      name: "batchrun-encode",
      dependencies: ["BatchCore", "Commands", "Encode", "EncodeOptions", "EncodeShims"],
      path: "Sources/batchrun/EncodeProgram", swiftSettings: settings),

    // What is measured: seeded inputs, and the programs of `make bench` and `make headline`.
    .target(
      name: "BenchmarkData", dependencies: ["BatchCore"], path: "benchmarks/Data",
      swiftSettings: settings),
    .executableTarget(
      name: "benchmarks",
      dependencies: ["BatchCore", "BenchmarkData", "BlackScholes", "SampleTask", "VectorShims"],
      path: "benchmarks", exclude: ["Data", "peers", "reference", "README.md"],
      swiftSettings: settings),

    // A task whose items crash, hang and fail on demand, and a program of it that tests may kill.
    .target(
      name: "SampleTask", dependencies: ["BatchCore"], path: "Tests/SampleTask",
      swiftSettings: settings),
    .executableTarget(
      name: "sample-program", dependencies: ["BatchCore", "SampleTask"],
      path: "Tests/SampleProgram", swiftSettings: settings),
    // A server that answers as a test tells it, faults included.
    .target(
      name: "HTTPServer", dependencies: ["BatchCore"], path: "Tests/HTTPServer",
      swiftSettings: settings),
    // Pages that tests and the fuzzer read.
    .target(name: "PageSamples", path: "Tests/PageSamples", swiftSettings: settings),
    // What takes bytes from strangers, and the program of `make fuzz` that invents them.
    .target(
      name: "FuzzTargets", dependencies: ["BatchCore", "PageSamples", "Scrape"],
      path: "Tests/FuzzTargets", swiftSettings: settings),
    .target(name: "LibFuzzer", path: "Tests/LibFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets", "LibFuzzer"], path: "Tests/Fuzz",
      swiftSettings: settings),
    // What every store of objects does, run over each kind of them.
    .target(
      name: "BlobBehaviours", dependencies: ["BatchCore", "SampleTask"],
      path: "Tests/BlobBehaviours", swiftSettings: settings),
    .testTarget(
      name: "BatchCoreTests",
      dependencies: [
        "BatchCore", "BenchmarkData", "BlobBehaviours", "CZlib", "CZstd", "HTTPServer",
        "SampleTask", "sample-program",
      ],
      exclude: ["AWS/golden-signatures.jsonl"],
      swiftSettings: settings),
    // Tests with the engines themselves, which they start and stop.
    .testTarget(
      name: "RemoteTests",
      dependencies: [
        "BatchCore", "BlobBehaviours", "HTTPServer", "SampleTask", "batchrun", "batchrun-encode",
        "sample-program",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TasksTests",
      dependencies: [
        "BatchCore", "BlackScholes", "Commands", "CZlib", "CZstd", "FuzzTargets", "HTTPServer",
        "PageSamples", "SampleTask", "Scrape", "VectorShims", "batchrun",
      ] + kernelNames,
      exclude: [
        "CommandLine/Snapshots", "Kernels/golden-merton.csv", "Kernels/golden-merton-series.csv",
        "Kernels/golden-options.csv",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "EncodeTests",
      dependencies: [
        "BatchCore", "CFFmpeg", "Encode", "EncodeOptions", "EncodeShims", "SampleTask", "batchrun",
        "batchrun-encode",
      ],
      swiftSettings: settings),
  ] + kernelTargets
)
