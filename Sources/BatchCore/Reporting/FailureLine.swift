/// A line of `failures.jsonl`: what failed, where it stands in the input, and why.
struct FailureLine {
  let text: String

  init(_ row: RunLedger.FailureRow) {
    let failure = row.failure
    text =
      JSONValue.object([
        .init("item", .integer(failure.item.index)),
        .init("line", JSONValue(failure.location.line)),
        .init("column", JSONValue(failure.location.column)),
        .init("value", JSONValue(failure.location.value)),
        .init("code", .string(failure.code.rawValue)),
        .init("message", .string(failure.message)),
        .init("transient", .bool(failure.isTransient)),
        .init("attempts", .integer(row.attempts)),
        .init("host", .string(row.host)),
      ]).text + "\n"
  }
}
