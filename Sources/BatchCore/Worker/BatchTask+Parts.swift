extension BatchTask {
  /// Runs one batch on the calling thread, with no deadline and no runner, and returns its parts.
  package func parts(of input: BatchInput, in workspace: inout Workspace) throws -> [Part] {
    let delivered = DeliveredParts()
    let output = BatchOutput(
      items: input.items, rule: DeadlineRule(), now: { 0 }, makeBuffer: { ByteBuffer() },
      cancelled: { false }, heartbeat: { _, _ in }, deliver: { delivered.parts.append($0) })
    try run(input, in: &workspace, output: output)
    output.handOver()
    return delivered.parts
  }
}

private final class DeliveredParts {
  var parts: [Part] = []
}
