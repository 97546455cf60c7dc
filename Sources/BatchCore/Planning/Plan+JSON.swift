extension Plan {
  /// The plan as one JSON object.
  ///
  /// `batches` lists runs of equal sizes as `[first, items per batch, count]`, in item order.
  package var json: String {
    var fields = ["\"items\":\(itemCount)", "\"objective\":\"\(objective.rawValue)\""]
    if let refusal { fields.append("\"refusal\":\(Self.quoted(refusal))") }
    fields.append("\"workers\":\(workers)")
    fields.append("\"batch_count\":\(batchCount)")
    fields.append("\"usual_batch_items\":\(usualBatchItems)")
    fields.append("\"reason\":\"\(reason.rawValue)\"")
    fields.append("\"waves\":\(waves)")
    fields.append("\"expected_seconds\":\(expectedSeconds)")
    fields.append("\"band_seconds\":[\(lowSeconds),\(highSeconds)]")
    fields.append("\"overhead_share\":\(overheadShare)")
    fields.append("\"billed_seconds\":\(billedSeconds)")
    if let dollars {
      fields.append("\"dollars\":\(dollars)")
      fields.append("\"band_dollars\":[\(lowDollars),\(highDollars)]")
      let curve = priceCurve.map(\.json).joined(separator: ",")
      fields.append("\"price_curve\":[\(curve)]")
    }
    fields.append("\"model\":\(model.json)")
    fields.append("\"measured\":[\(measured.map(Self.quoted).joined(separator: ","))]")
    fields.append("\"earlier\":[\(earlier.map(Self.quoted).joined(separator: ","))]")
    fields.append("\"guesses\":[\(guesses.map(Self.quoted).joined(separator: ","))]")
    fields.append("\"notes\":[\(notes.map(Self.quoted).joined(separator: ","))]")
    let runs = batches.map { "[\($0.firstItem),\($0.itemsPerBatch),\($0.count)]" }
    fields.append("\"batches\":[\(runs.joined(separator: ","))]")
    return "{" + fields.joined(separator: ",") + "}\n"
  }

  fileprivate static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension Plan.PricePoint {
  fileprivate var json: String {
    let names = names.map(Plan.quoted).joined(separator: ",")
    return
      "{\"workers\":\(workers),\"seconds\":\(seconds),\"dollars\":\(dollars),\"names\":[\(names)]}"
  }
}

extension CostModel {
  fileprivate var json: String {
    "{\"startup_seconds\":\(startUpSeconds.json),"
      + "\"batch_overhead_seconds\":\(batchOverheadSeconds.json),"
      + "\"item_seconds\":{\"mean\":\(items.meanSeconds),\"deviation\":\(items.deviationSeconds),"
      + "\"longest\":\(items.maxSeconds),\"from\":\"\(itemProvenance.rawValue)\"}}"
  }
}

extension Figure {
  fileprivate var json: String { "{\"value\":\(value),\"from\":\"\(provenance.rawValue)\"}" }
}
