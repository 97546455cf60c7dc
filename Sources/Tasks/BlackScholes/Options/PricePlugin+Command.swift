public import BatchCore

extension PricePlugin {
  /// The words of `batchrun price`: one table for parsing, help, completion and man page.
  public static let command = CommandSpec(
    name: "price",
    summary: "Price options, or firms' default probabilities, row by row of a CSV file",
    arguments: [ArgumentSpec("FILE", help: "CSV file with a header line, or - for standard input")],
    discussion: [
      "The columns decide the model. Options: spot, strike, rate, volatility or price, maturity, "
        + "type, optionally dividend. Firms: firm, date, equity, debt, rate, optionally "
        + "equity_volatility and drift. Columns stand in any order; common other names (S, K, r, "
        + "sigma, T, permno, mkt_val) are known, and columns of no meaning are carried through.",
      "Years, annual continuously compounded rates, decimals (0.05 is 5 %).",
      "The output has the input's columns, then the results, then status: ok, unlevered and "
        + "window_short are results; no_solution, out_of_bounds and bad_input are failures, with "
        + "empty results and the reason in OUT.run/failures.jsonl. A row with too few fields is "
        + "filled up with empty ones, and of a row with too many the first are kept.",
    ],
    options: modelOptions + mertonOptions + [setOption],
    examples: [
      ("batchrun price options.csv -o prices.csv", "prices and greeks of every row"),
      ("batchrun price quotes.csv --solve implied-volatility", "implied volatilities"),
      (
        "batchrun price firms.csv --horizons 1,5 -o out.csv", "default probabilities, 1 and 5 years"
      ),
      (
        "batchrun price firms.csv --method iterative --window 252 --drift estimated",
        "asset values over a rolling year of each firm's days"
      ),
      ("batchrun price firms.csv --set rate=0.03", "one rate for all rows"),
    ])

  private static let modelOptions = [
    OptionSpec(
      "model", .choice(PriceModel.allCases.map(\.rawValue)), "MODEL", default: "by the columns",
      help: "Value options, or firms after Merton"),
    OptionSpec(
      "solve", .choice(OptionSolve.allCases.map(\.rawValue)), "WHAT", default: "by the columns",
      help: "Options: what to compute when both a volatility and a price are given"),
  ]

  private static let mertonOptions = [
    OptionSpec(
      "method", .choice(MertonMethod.allCases.map(\.rawValue)), "METHOD",
      default: "two-equation when equity volatility is given, else iterative",
      help: "Firms: how asset value and volatility are found"),
    OptionSpec(
      "horizons", .numberList(PriceOptions.horizonRange), "YEARS", default: "1,2,3,4,5",
      help: "Firms: years ahead, separated by commas"),
    OptionSpec(
      "window", .integer(PriceOptions.windowRange), "DAYS", default: "252",
      help: "Firms: days of the rolling window"),
    OptionSpec(
      "tolerance", .number(PriceOptions.toleranceRange), "RELATIVE", default: "1e-10",
      help: "Firms, iterative: the move of the asset volatility at which to stop"),
    OptionSpec(
      "drift", .choice(["estimated"]), "HOW", default: "the drift column, or the rate",
      help: "Firms, iterative: estimate the drift of the assets from the window"),
    OptionSpec(
      "residuals", .flag, help: "Firms: also write the residual of every solution"),
  ]

  private static let setOption = OptionSpec(
    "set", .assignment, "NAME=VALUE", isRepeatable: true,
    help: "One value for all rows in place of a missing column")
}
