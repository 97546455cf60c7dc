import Foundation

/// How much is done at once.
private let atOnce = 6

/// Does work that mostly waits for other programs, so much of it at once, and gives what came of it in
/// the order of `inputs`.
///
/// Each piece has a thread of its own: the tests share as many threads as there are cores, and what
/// waits on one of those holds up all other tests.
package func inThreads<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], _ work: @escaping @Sendable (Input) -> Output
) async -> [Output] {
  await withTaskGroup(of: (Int, Output).self) { group in
    var outputs = [Output?](repeating: nil, count: inputs.count)
    for (index, input) in inputs.enumerated() {
      if index >= atOnce, let (place, output) = await group.next() { outputs[place] = output }
      group.addTask { (index, await inThread { work(input) }) }
    }
    for await (place, output) in group { outputs[place] = output }
    return outputs.compactMap(\.self)
  }
}

private func inThread<Output: Sendable>(_ work: @escaping @Sendable () -> Output) async -> Output {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: work()) }
  }
}
