extension BatchTask {
  /// Runs one batch on the calling thread, with no deadline and no runner, and returns its parts.
  package func parts(of input: BatchInput, in workspace: inout Workspace) throws -> [Part] {
    let delivered = Shared<[Part]>([])
    let outbox = Outbox(
      items: input.items, makeBuffer: { ByteBuffer() },
      deliver: { part, _ in delivered.withLock { $0.append(part) } })
    let output = BatchOutput(
      items: input.items, rule: DeadlineRule(), outbox: outbox, now: { 0 },
      cancelled: { false }, heartbeat: { _, _ in })
    try run(input, in: &workspace, output: output)
    _ = outbox.close()
    return delivered.value
  }
}
