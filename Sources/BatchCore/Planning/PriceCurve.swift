import Glibc

/// The curve of time against dollars: the same items on fewer and more workers.
enum PriceCurve {
  /// One point for each of some dozen numbers of workers up to the limit, fewest workers first.
  static func points(
    items: Int, model: CostModel, limits: ExecutorLimits, batchSize: Int?, pace: LanePace? = nil
  ) -> [Plan.PricePoint] {
    guard let price = limits.price else { return [] }
    var points = workerCounts(upTo: min(limits.workers, items)).map { workers in
      var fewer = limits
      fewer.workers = workers
      let course = LikelyRun(
        items: items, model: model, limits: fewer, batchSize: batchSize, pace: pace
      ).expected()
      return Plan.PricePoint(
        workers: workers, seconds: course.seconds,
        dollars: price.dollars(
          requests: Double(course.batchCount), billedSeconds: course.billedSeconds))
    }
    name(&points)
    return points
  }

  private static func workerCounts(upTo limit: Int) -> [Int] {
    var counts: [Int] = []
    var count = 1.0
    while Int(count) < limit {
      if counts.last != Int(count) { counts.append(Int(count)) }
      count *= 2
    }
    return counts + [limit]
  }

  /// Marks the fastest, the cheapest (the fastest within 1 % of the fewest dollars) and the knee:
  /// the point farthest below the line between the two, on logarithmic axes.
  private static func name(_ points: inout [Plan.PricePoint]) {
    guard let fewest = points.map(\.dollars).min(),
      let fastest = points.indices.min(by: { points[$0].seconds < points[$1].seconds }),
      let cheapest = points.indices.filter({ points[$0].dollars <= fewest * 1.01 })
        .min(by: { points[$0].seconds < points[$1].seconds })
    else { return }
    points[fastest].names.append("fastest")
    points[cheapest].names.append("cheapest")
    let (a, b) = (points[cheapest], points[fastest])
    let (width, height) = (log(a.seconds / b.seconds), log(b.dollars / a.dollars))
    guard width > 0, height > 0 else { return }
    func gain(_ point: Plan.PricePoint) -> Double {
      1 - log(point.seconds / b.seconds) / width - log(point.dollars / a.dollars) / height
    }
    if let knee = points.indices.max(by: { gain(points[$0]) < gain(points[$1]) }),
      gain(points[knee]) > 0
    {
      points[knee].names.append("knee")
    }
  }
}
