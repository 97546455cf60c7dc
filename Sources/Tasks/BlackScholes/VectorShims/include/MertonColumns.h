#pragma once
// Columns of the Merton kernels: plain pointers, since every kernel variant is a Swift module of its own.

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Firms on a date, one entry per row in every column.
///
/// Equity and debt in one currency, equity volatility per square root of a year, rate and drift per
/// year and continuously compounded. Without a drift the distance to default is risk-neutral.
typedef struct {
  const double *equity;
  const double *equityVolatility;
  const double *debt;
  const double *rate;
  const double *_Nullable drift;
} batchrun_merton_columns __attribute__((swift_name("MertonColumns")));

/// One firm's days in date order, one entry per day in every column.
///
/// Results are wanted for the days `first ..< days`; the days before give the first windows their past.
/// `window` is in days (3 or more), `maturity` in years, `tolerance` relative. `estimatesDrift` takes
/// the drift from each window and leaves the column unread.
typedef struct {
  const double *equity;
  const double *debt;
  const double *rate;
  const double *_Nullable drift;
  intptr_t days;
  intptr_t first;
  intptr_t window;
  double maturity;
  double tolerance;
  bool estimatesDrift;
} batchrun_merton_series __attribute__((swift_name("MertonSeries")));

/// What the Merton kernels find, one entry per row in every column; not a number where there is none.
///
/// The residual is the largest relative error of the model's equations at the solution.
typedef struct {
  double *assetValue;
  double *assetVolatility;
  double *distance;
  double *probability;
  double *_Nullable residual;
  uint8_t *status;
} batchrun_merton_results __attribute__((swift_name("MertonResults")));

#pragma clang assume_nonnull end
