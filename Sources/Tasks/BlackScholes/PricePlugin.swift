internal import BatchCore

/// The task `price`: one CSV row in, the same row with its results out.
public enum PricePlugin {}
