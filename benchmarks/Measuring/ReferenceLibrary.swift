import Glibc

/// A C file of `benchmarks/reference`, compiled here with the fastest settings of gcc and loaded.
@safe final class ReferenceLibrary {
  static let flags = [
    "-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-fopenmp-simd",
  ]

  private let handle: UnsafeMutableRawPointer

  /// Compiles and loads; nil, with the reason printed, when there is no gcc or it fails.
  init?(_ name: String) {
    let directory = ".build/reference"
    let (object, library) = ("\(directory)/\(name).o", "\(directory)/lib\(name).so")
    _ = Shell.output(["mkdir", "-p", directory])
    // Linked without -ffast-math, with which the library would make the whole process flush subnormal
    // numbers to zero as soon as it is loaded.
    let steps = [
      Self.flags + ["-fPIC", "-c", "-o", object, "benchmarks/reference/\(name).c"],
      ["-shared", "-o", library, object, "-lm"],
    ]
    for step in steps {
      let compiler = Shell.output(["gcc"] + step)
      guard compiler.isSuccess else {
        print("the C reference \(name).c was not built: \(compiler.errors)")
        return nil
      }
    }
    guard let handle = unsafe dlopen(library, RTLD_NOW) else { return nil }
    unsafe self.handle = handle
  }

  /// A function of the library; its type is that of the C declaration.
  func function<Function>(_ name: String, as type: Function.Type) -> Function? {
    guard let address = unsafe dlsym(handle, name) else { return nil }
    return unsafe unsafeBitCast(address, to: type)
  }
}
