/// The file `bootstrap` of a package: the first program of a function, which starts the one beside it
/// with the loader and the libraries that are there too.
///
/// It is a program of some hundred bytes without libraries, because a script would need the shell of the
/// function's system and an ordinary program its loader. It goes to its own folder, wherever the package
/// lies, and makes one system call more.
package struct DeploymentBootstrap {
  /// What is executed, the loader first; relative to the folder of the package.
  let command: [String]

  /// Runs `executable worker` with `loader`, which finds libraries in `lib`.
  package init(loader: String, executable: String) {
    command = [loader, "--library-path", "lib", executable, "worker"]
  }

  // Where it is loaded, and what stands there: headers, code, pointers to words, words.
  private static let base = 0x40_0000
  private static let headerBytes = 64 + 2 * 56
  private static let codeBytes = 127

  /// An executable for x86-64 Linux.
  package var bytes: [UInt8] {
    let table = (Self.headerBytes + Self.codeBytes + 7) & ~7
    var words: [UInt8] = []
    var pointers: [UInt8] = []
    let start = Self.base + table + 8 * (command.count + 1)
    for word in command {
      pointers += Self.bytes(start + words.count, 8)
      words += Array(word.utf8) + [0]
    }
    pointers += Self.bytes(0, 8)
    let complaint = Array("bootstrap: \(command[0]) cannot be started\n".utf8)
    let code = Self.code(
      path: start, arguments: Self.base + table, complaint: start + words.count,
      complaintBytes: complaint.count)
    precondition(code.count == Self.codeBytes, "the code has another length than was reckoned with")
    let length = start - Self.base + words.count + complaint.count
    let gap = [UInt8](repeating: 0, count: table - Self.headerBytes - code.count)
    return Self.header(length: length) + code + gap + pointers + words + complaint
  }

  private static func bytes(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  // MARK: - ELF

  /// One segment that is the whole file, and a stack that is not executable; see elf(5).
  private static func header(length: Int) -> [UInt8] {
    var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    // An executable (2) for x86-64 (62).
    header += bytes(2, 2) + bytes(62, 2) + bytes(1, 4) + bytes(base + headerBytes, 8)
    header += bytes(64, 8) + bytes(0, 8) + bytes(0, 4)
    header += bytes(64, 2) + bytes(56, 2) + bytes(2, 2) + bytes(0, 6)
    // PT_LOAD, readable and executable.
    header += bytes(1, 4) + bytes(5, 4) + bytes(0, 8) + bytes(base, 8) + bytes(base, 8)
    header += bytes(length, 8) + bytes(length, 8) + bytes(0x1000, 8)
    // PT_GNU_STACK, readable and writable.
    return header + bytes(0x6474_E551, 4) + bytes(6, 4) + bytes(0, 40) + bytes(16, 8)
  }

  // MARK: - Code

  /// - Parameter path: the address of the loader's name; the others are addresses too.
  private static func code(
    path: Int, arguments: Int, complaint: Int, complaintBytes: Int
  ) -> [UInt8] {
    findName + goThere
      + [0xBF] + bytes(path, 4)  // mov edi, path
      + [0xBE] + bytes(arguments, 4)  // mov esi, arguments
      + [0xB8, 59, 0, 0, 0, 0x0F, 0x05]  // execve, which returns only when it fails
      + [0xBF, 2, 0, 0, 0]  // mov edi, 2
      + [0xBE] + bytes(complaint, 4)  // mov esi, complaint
      + [0xBA] + bytes(complaintBytes, 4)  // mov edx, complaintBytes
      + [0xB8, 1, 0, 0, 0, 0x0F, 0x05]  // write
      + [0xBF, 127, 0, 0, 0]  // mov edi, 127
      + [0xB8, 60, 0, 0, 0, 0x0F, 0x05]  // exit
  }

  /// The stack holds the arguments, the environment and what the kernel says besides, each with its end;
  /// of the last, number 31 is the name by which the program was started.
  private static let findName: [UInt8] = [
    0x48, 0x8B, 0x0C, 0x24,  // mov rcx, [rsp]: the number of arguments
    0x48, 0x8D, 0x54, 0xCC, 0x10,  // lea rdx, [rsp+rcx*8+16]: the environment, for execve
    0x48, 0x89, 0xD6,  // mov rsi, rdx
    0x48, 0xAD,  // 1: lodsq
    0x48, 0x85, 0xC0,  // test rax, rax
    0x75, 0xF9,  // jnz 1
    0x48, 0xAD,  // 2: lodsq: what it is
    0x48, 0x89, 0xC3,  // mov rbx, rax
    0x48, 0xAD,  // lodsq: its value
    0x48, 0x85, 0xDB,  // test rbx, rbx
    0x74, 0x2D,  // jz behind goThere
    0x48, 0x83, 0xFB, 31,  // cmp rbx, 31
    0x75, 0xEE,  // jne 2
  ]

  /// Cuts the name behind its last slash, if it has one, and makes what is left the current folder.
  private static let goThere: [UInt8] = [
    0x48, 0x89, 0xC7,  // mov rdi, rax
    0x31, 0xDB,  // xor ebx, ebx
    0x80, 0x38, 0x00,  // 3: cmp byte [rax], 0
    0x74, 0x0D,  // je 5
    0x80, 0x38, 0x2F,  // cmp byte [rax], '/'
    0x75, 0x03,  // jne 4
    0x48, 0x89, 0xC3,  // mov rbx, rax
    0x48, 0xFF, 0xC0,  // 4: inc rax
    0xEB, 0xEE,  // jmp 3
    0x48, 0x85, 0xDB,  // 5: test rbx, rbx
    0x74, 0x0B,  // jz behind all of this
    0xC6, 0x43, 0x01, 0x00,  // mov byte [rbx+1], 0
    0xB8, 80, 0, 0, 0, 0x0F, 0x05,  // chdir
  ]
}
