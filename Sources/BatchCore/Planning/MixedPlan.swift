/// Plans of the same run for workers in several places, and what they come to together.
package struct MixedPlan: Sendable, Equatable {
  /// The plan for one place alone.
  package struct Share: Sendable, Equatable {
    package var place: String
    package var plan: Plan

    package init(place: String, plan: Plan) {
      self.place = place
      self.plan = plan
    }
  }

  package let shares: [Share]

  package init(_ shares: [Share]) { self.shares = shares }

  /// How long the run takes with all workers at once, in seconds; nil when no place can do it, or
  /// something other than workers decides.
  package var togetherSeconds: Double? {
    let able = shares.filter { $0.plan.refusal == nil }
    guard let first = able.first, able.allSatisfy({ $0.plan.details.isEmpty }) else { return nil }
    var line = FinishLine()
    line.workSeconds = first.plan.model.items.meanSeconds * Double(first.plan.itemCount)
    line.groups = able.map { share in
      FinishLine.Group(
        availableSeconds: 0, setUpSeconds: share.plan.model.setUpSeconds(.cold),
        workers: Double(share.plan.workers))
    }
    let alone = able.map(\.plan.expectedSeconds).min() ?? 0
    return min(alone, max(line.solve(startingAt: alone), first.plan.model.items.meanSeconds))
  }

  /// The share of the work that each place does by then, as far as that can be told.
  private func workShare(of plan: Plan, within seconds: Double) -> Double {
    let work = plan.model.items.meanSeconds * Double(plan.itemCount)
    let own = Double(plan.workers) * max(0, seconds - plan.model.setUpSeconds(.cold))
    return work > 0 && plan.refusal == nil ? min(1, own / work) : 0
  }

  /// The plans as lines for a reader.
  package var lines: [String] {
    var lines: [String] = []
    for share in shares {
      lines.append("On \(share.place) alone")
      lines += share.plan.lines.map { "  " + $0 }
    }
    if let seconds = togetherSeconds {
      let parts = shares.map {
        "\(Quantity.percent(workShare(of: $0.plan, within: seconds))) on \($0.place)"
      }
      lines.append(
        "Together   about \(Quantity.seconds(seconds)), of the work \(parts.joined(separator: ", "))"
      )
    }
    return lines
  }

  /// One JSON object: the plan of each place by its name, and the seconds of both together.
  package var json: String {
    let plans = shares.map { "\"\($0.place)\":\($0.plan.json.dropLast())" }
    let seconds = togetherSeconds.map { "\($0)" } ?? "null"
    return "{" + (plans + ["\"together_seconds\":\(seconds)"]).joined(separator: ",") + "}\n"
  }
}
