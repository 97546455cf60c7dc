import Glibc
import VectorShims

/// An instruction set that the kernels were compiled for, in rising order of width.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// What every processor of the architecture has.
  case baseline
  /// x86-64-v3: AVX2 and fused multiply-add.
  case v3
  /// x86-64-v4: AVX-512.
  case v4

  /// True if this build has the kernels and the processor at hand runs them.
  package var isAvailable: Bool {
    switch self {
    case .baseline: true
    case .v3: batchrun_supports_v3()
    case .v4: batchrun_supports_v4()
    }
  }
}

/// The vector kernels of one instruction set; every one of them gives the same bytes.
///
/// Each method takes whole columns. What it does with a row depends on that row alone: neither on its
/// place nor on its neighbours nor on the instruction set.
package struct Kernels: Sendable {
  package let instructionSet: InstructionSet

  private init(_ instructionSet: InstructionSet) { self.instructionSet = instructionSet }

  /// The widest kernels that the processor runs, or those that `BATCHRUN_INSTRUCTION_SET` names.
  ///
  /// The variable takes baseline, v3 or v4; what is unknown or not available is passed over.
  package static let best: Kernels = {
    let wanted = unsafe getenv("BATCHRUN_INSTRUCTION_SET").map { unsafe String(cString: $0) }
    if let kernels = wanted.flatMap(InstructionSet.init(rawValue:)).flatMap(variant) {
      return kernels
    }
    let widest = InstructionSet.allCases.last(where: \.isAvailable)
    return Kernels(widest ?? .baseline)
  }()

  /// The kernels for an instruction set; nil if the processor or the build lacks it.
  package static func variant(_ instructionSet: InstructionSet) -> Kernels? {
    instructionSet.isAvailable ? Kernels(instructionSet) : nil
  }
}
