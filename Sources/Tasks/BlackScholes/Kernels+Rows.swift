import VectorShims

extension Kernels {
  /// Prices a few options given as rows; for many, keep columns and call `priceOptions`.
  package func price(_ options: [EuropeanOption]) -> [(price: OptionPrice, status: RowStatus)] {
    let count = options.count
    let inputs =
      options.map(\.spot) + options.map(\.strike) + options.map(\.rate) + options.map(\.dividend)
      + options.map(\.volatility) + options.map(\.maturity)
    let isPut = options.map { UInt8($0.isPut ? 1 : 0) }
    var outputs = [Double](repeating: .nan, count: 6 * count)
    var status = [UInt8](repeating: RowStatus.badInput.rawValue, count: count)
    unsafe inputs.withUnsafeBufferPointer { inputs in
      unsafe isPut.withUnsafeBufferPointer { isPut in
        unsafe outputs.withUnsafeMutableBufferPointer { outputs in
          unsafe status.withUnsafeMutableBufferPointer { status in
            guard let base = inputs.baseAddress, let isPut = isPut.baseAddress,
              let out = outputs.baseAddress, let codes = status.baseAddress
            else { return }
            let columns = unsafe OptionColumns(
              spot: base, strike: base + count, rate: base + 2 * count, dividend: base + 3 * count,
              volatility: base + 4 * count, maturity: base + 5 * count, isPut: isPut)
            let results = unsafe OptionResults(
              price: out, delta: out + count, gamma: out + 2 * count, vega: out + 3 * count,
              theta: out + 4 * count, rho: out + 5 * count, status: codes)
            unsafe priceOptions(columns, count: count, into: results)
          }
        }
      }
    }
    return options.indices.map { row in
      var price = OptionPrice()
      price.price = outputs[row]
      price.delta = outputs[count + row]
      price.gamma = outputs[2 * count + row]
      price.vega = outputs[3 * count + row]
      price.theta = outputs[4 * count + row]
      price.rho = outputs[5 * count + row]
      return (price, RowStatus(rawValue: status[row]) ?? .badInput)
    }
  }
}
