/// A C program of `benchmarks/reference`, compiled here.
enum ReferenceProgram {
  /// Its path; nil, with the reason printed, when there is no gcc or it fails.
  ///
  /// - Parameter libraries: flags for the libraries that it needs.
  static func build(_ name: String, libraries: [String] = []) -> String? {
    let program = ".build/reference/\(name)"
    _ = Shell.output(["mkdir", "-p", ".build/reference"])
    let headers = Shell.output(["pkgconf", "--cflags", "libxml-2.0"]).text.split(separator: " ")
    let compiler = Shell.output(
      ["gcc", "-O3", "-march=native"] + headers.map(String.init)
        + ["-o", program, "benchmarks/reference/\(name).c"] + libraries)
    guard compiler.isSuccess else {
      print("the C reference \(name).c was not built: \(compiler.errors)")
      return nil
    }
    return program
  }
}
