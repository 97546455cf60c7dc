import BatchCore
import BlackScholes
import Testing

@Suite("Options of price")
struct PriceOptionsTests {
  @Test("without options the defaults are those of the help")
  func defaults() throws {
    let options = try PriceOptions(OptionValues())
    #expect(options.horizons == [1, 2, 3, 4, 5])
    #expect(options.window == 252)
    #expect(options.tolerance == 1e-10)
    #expect(!options.estimatesDrift && !options.writesResiduals)
    #expect(options.model == nil && options.method == nil && options.solve == nil)
  }

  @Test("every option is read")
  func everyOption() throws {
    let values = OptionValues([
      "model": ["merton"], "method": ["naive"], "horizons": ["1,0.5,10"], "window": ["100"],
      "tolerance": ["1e-6"], "drift": ["estimated"], "solve": ["price"], "residuals": [""],
      "set": ["r=0.03", "drift=-0.01", "type=P"],
    ])
    let options = try PriceOptions(values)
    #expect(options.model == .merton && options.method == .naive && options.solve == .price)
    #expect(options.horizons == [1, 0.5, 10])
    #expect(options.window == 100 && options.tolerance == 1e-6)
    #expect(options.estimatesDrift && options.writesResiduals)
    #expect(options.settings.map(\.quantity) == [.rate, .drift, .type])
    #expect(options.settings.map(\.value) == [0.03, -0.01, 0])
  }

  @Test(
    "a bad value is a usage error that names option, value and what is allowed",
    arguments: [
      ("model", "bonds", "options, merton"), ("method", "kmv", "two-equation"),
      ("horizons", "1,,2", "--horizons"), ("horizons", "0", "--horizons"),
      ("horizons", "1,1", "twice"), ("horizons", "x", "'x'"), ("window", "2", "from 3 to"),
      ("window", "1e3", "--window 1e3"), ("tolerance", "0", "--tolerance"),
      ("tolerance", "nan", "'nan'"), ("drift", "0.05", "--set drift=0.05"),
      ("solve", "delta", "implied-volatility"), ("set", "rate", "--set rate=0.03"),
      ("set", "=1", "NAME=VALUE"), ("set", "firm=A", "cannot be set"),
      ("set", "colour=1", "'colour'"), ("set", "rate=abc", "'abc' is not a number"),
      ("set", "spot=-1", "above 0"), ("set", "debt=nan", "0 or more"),
      ("set", "rate=0x10", "not a number"), ("set", "type=banana", "call, put"),
      ("set", "rate=inf", "not a number"),
    ])
  func badValues(name: String, value: String, expected: String) {
    let error = #expect(throws: TaskError.self) {
      try PriceOptions(OptionValues([name: [value]]))
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("--\(name)") == true)
  }

  @Test("a quantity that is set twice, also by an alias, is refused")
  func setTwice() {
    #expect(throws: TaskError(.usage, "--set r=0.04: rate is set twice; give it once")) {
      try PriceOptions(OptionValues(["set": ["rate=0.03", "r=0.04"]]))
    }
  }
}
