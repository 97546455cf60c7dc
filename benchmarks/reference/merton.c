// Reference kernels for the Merton model: the same unknowns and steps as the Swift ones, in plain C for gcc's
// vectoriser, as fast as C was made to go.
//
//   gcc -O3 -march=native -mprefer-vector-width=512 -ffast-math -fopenmp-simd -fPIC -c merton.c
//
// They assume ordinary inputs: debt and volatility above nothing, no far tails. Rows that two fixed steps do
// not solve are marked and left; days of a window all have debt.

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// MARK: - Elementary functions

/// 2^n p for integers n that keep it a normal number.
INLINE double scaled(double p, double n) {
  double shifted = n + 0x1.8p52;
  int64_t bits, power;
  memcpy(&power, &shifted, 8);
  memcpy(&bits, &p, 8);
  bits += power << 52;
  memcpy(&p, &bits, 8);
  return p;
}

/// e^x for x < 708, within 1 ulp.
INLINE double fast_exp(double x) {
  x = fmax(x, -708.0);
  double n = rint(x * 1.4426950408889634);
  double r = fma(n, -1.90821492927058770002e-10, fma(n, -6.93147180369123816490e-01, x));
  double r2 = r * r, r4 = r2 * r2;
  double p03 = fma(fma(8.333333333330062e-03, r, 4.166666666662413e-02), r2, fma(0.16666666666666669, r, 0.5));
  double p47 = fma(fma(2.7557268459997064e-06, r, 2.4801521295954376e-05), r2,
                   fma(1.9841269863053618e-04, r, 1.3888888917213717e-03));
  double p89 = fma(2.510038549551032e-08, r, 2.7620088445409746e-07);
  return scaled(1 + fma(r2, fma(fma(p89, r4, p47), r4, p03), r), n);
}

/// e^x for x < 708, within 1e-7.
INLINE double rough_exp(double x) {
  x = fmax(x, -708.0);
  double n = rint(x * 1.4426950408889634);
  double r = fma(n, -0.6931471805599453, x);
  double p = fma(8.36918438229196143e-3, r, 4.19177587591267371e-2);
  p = fma(p, r, 1.66665049369635965e-1);
  p = fma(p, r, 4.99988671118532373e-1);
  p = fma(p, r, 1.00000001080395231);
  return scaled(fma(p, r, 1.00000007568178853), n);
}

/// log y for y >= 1, within 1e-4: only a first guess hangs on it.
INLINE double rough_log(double y) {
  int64_t bits, exponent;
  memcpy(&bits, &y, 8);
  exponent = (bits - 0x3fe6a09e667f3bcdLL) >> 52;
  bits -= exponent << 52;
  double m;
  memcpy(&m, &bits, 8);
  double f = (m - 1) / (m + 1), w = f * f;
  return fma((double)exponent, 0.6931471805599453, f * fma(w, fma(w, 0.4116, 0.66658), 2.0));
}

/// The Mills ratio (1 - N(z)) / n(z) for 0 <= z <= 39 as numerator and denominator.
typedef struct { double p, q; } mills_fraction;

INLINE mills_fraction mills(double z, int rough) {
  if (rough) {
    double p = fma(fma(9.99978130705245394e-1, z, 6.60857878952789706), z, 1.92603213100384483e+1);
    double q = fma(fma(z + 6.60707612075677964, z, 2.02967243191236451e+1), z, 3.1465253960320362e+1);
    return (mills_fraction){fma(p, z, 2.52876610951647635e+1), fma(q, z, 2.0176654062004512e+1)};
  }
  double z2 = z * z, z4 = z2 * z2, z8 = z4 * z4;
  double p03 = fma(fma(2.08791843281958657e+5, z, 4.28681790984701206e+5), z2,
                   fma(5.59170950665751336e+5, z, 3.60813175246695982e+5));
  double p47 = fma(fma(3.53907410023820645e+2, z, 2.95101786803741438e+3), z2,
                   fma(1.70468397021479875e+4, z, 7.05032779731689531e+4));
  double p89 = fma(9.9999999999703192e-1, z, 2.68844684981002368e+1);
  double q03 = fma(fma(4.935507366068656e+5, z, 7.37348958034830274e+5), z2,
                   fma(6.75854669878436629e+5, z, 2.87887261863597329e+5));
  double q47 = fma(fma(2.97790233331482309e+3, z, 1.73987472346486708e+4), z2,
                   fma(7.3400523531078263e+4, z, 2.25140938430357418e+5));
  double q89 = fma(2.68844684974856739e+1, z, 3.54907410081190671e+2) + z2;
  return (mills_fraction){fma(p89, z8, fma(p47, z4, p03)), fma(q89, z8, fma(q47, z4, q03))};
}

#define INVERSE_ROOT_TWO_PI 0.3989422804014327

// MARK: - Two equations

/// The equation in d2 = x: its mismatch, two slopes, and what the solution is made of.
typedef struct {
  double mismatch, slope, curvature, shrinkage, deviation, d1, hazard, debt_share, density;
  mills_fraction tail;
} equation;

INLINE equation evaluate(double x, double leverage, double deviation, int rough) {
  equation e;
  double z = fmin(fabs(x), 37.6);
  e.density = INVERSE_ROOT_TWO_PI * (rough ? rough_exp(-0.5 * z * z) : fast_exp(-0.5 * z * z));
  e.tail = mills(z, rough);
  double beyond = e.density * e.tail.p;
  double scaled2 = x > 0 ? e.tail.q - beyond : beyond;
  e.shrinkage = e.tail.q / fma(leverage, scaled2, e.tail.q);
  double s = e.deviation = deviation * e.shrinkage;
  double d1 = e.d1 = x + s;
  double log_ratio = s * fma(s, 0.5, x);
  e.debt_share = rough ? rough_exp(-log_ratio) : fast_exp(-log_ratio);
  double density1 = e.density * e.debt_share;
  mills_fraction tail1 = mills(fmin(fabs(d1), 64), rough);
  beyond = density1 * tail1.p;
  double scaled1 = d1 > 0 ? tail1.q - beyond : beyond;
  double lambda = density1 * tail1.q / scaled1;
  double a = leverage * e.shrinkage * scaled1, b = e.debt_share * tail1.q;
  double h = e.mismatch = 2 * (a - b) / (a + b);
  double rho = e.hazard = leverage * e.density * e.shrinkage;
  double s1 = -s * rho, u = 1 + s1, bend = fma(2, rho, x), s2 = s * rho * bend;
  double h1 = s + d1 * s1 + lambda * u - rho;
  double h2 = s1 * (1 + u) + (d1 + lambda) * (s2 - lambda * u * u) + rho * (x + rho);
  e.slope = fma(h, rho, h1);
  e.curvature = fma(2 * rho, e.slope, h2 - h * rho * bend);
  return e;
}

INLINE double halley(equation e) {
  return -e.mismatch * e.slope / fma(e.slope, e.slope, -0.5 * e.mismatch * e.curvature);
}

INLINE double first_guess(double leverage, double deviation) {
  double total = 1 + leverage, equity_share = 1 / total, share = leverage * equity_share;
  double safe = rough_log(total / leverage) * total / deviation - 0.5 * deviation * equity_share;
  double weight = share * (1.25 - 0.25 * share), half = 0.5 * weight;
  double a = 1 - weight, b = safe * (1 - half), c = safe * safe - half * half * 2.5464790894703255;
  double root = sqrt(fmax(b * b - a * c, 0));
  return (b > 0 ? c : b - root) / (b > 0 ? b + root : a);
}

#define BLOCK 64

/// Solves `count` rows (a multiple of 64); returns how many rows are left unsolved, with solved[i] = 0.
size_t merton_two_equation(const double *equity, const double *volatility, const double *debt,
                           const double *rate, double maturity, size_t count, double *value,
                           double *asset_volatility, double *distance, double *probability,
                           uint8_t *solved) {
  double root = sqrt(maturity);
  size_t left = 0;
  for (size_t i = 0; i + BLOCK <= count; i += BLOCK) {
    double x[BLOCK], leverage[BLOCK], deviation[BLOCK], discounted[BLOCK], good[BLOCK];
    const double *e = equity + i, *v = volatility + i, *d = debt + i, *r = rate + i;
    double *V = value + i, *sV = asset_volatility + i, *DD = distance + i, *PD = probability + i;
#pragma omp simd
    for (int l = 0; l < BLOCK; l++) {
      discounted[l] = d[l] * fast_exp(-r[l] * maturity);
      leverage[l] = discounted[l] / e[l];
      deviation[l] = v[l] * root;
      x[l] = first_guess(leverage[l], deviation[l]);
    }
#pragma omp simd
    for (int l = 0; l < BLOCK; l++) x[l] += halley(evaluate(x[l], leverage[l], deviation[l], 1));
#pragma omp simd
    for (int l = 0; l < BLOCK; l++) x[l] += halley(evaluate(x[l], leverage[l], deviation[l], 0));
#pragma omp simd
    for (int l = 0; l < BLOCK; l++) {
      equation q = evaluate(x[l], leverage[l], deviation[l], 0);
      double step = -q.mismatch / q.slope, upper = q.density * q.tail.p / q.tail.q;
      V[l] = discounted[l] / q.debt_share * fma(q.deviation * fma(-q.hazard, q.d1, 1), step, 1);
      sV[l] = v[l] * q.shrinkage * fma(-q.hazard, step, 1);
      DD[l] = x[l] + step;
      PD[l] = fma(-q.density, step, x[l] > 0 ? upper : 1 - upper);
      double ok = fabs(step) * (1 + fabs(x[l])) <= 1e-9 ? 1.0 : 0.0;
      ok = fabs(q.mismatch) <= 1e-9 * q.shrinkage ? ok : 0.0;
      good[l] = q.slope >= 0x1p-9 ? ok : 0.0;
    }
    for (int l = 0; l < BLOCK; l++) {
      solved[i + l] = good[l] != 0;
      left += good[l] == 0;
    }
  }
  return left;
}

// MARK: - Iterative

#define LANES 8

/// One round over the days of eight windows: Halley's step on each day, with the days following s.
static void step_days(const double *leverage, const double *log_share, const double *bound, size_t window,
                      const double *old, const double *s, double (*p)[LANES], double (*hazard)[LANES],
                      double *worst) {
  double per_old[LANES], per[LANES], move[LANES], bend[LANES];
  for (int l = 0; l < LANES; l++) {
    per_old[l] = 1 / old[l], per[l] = 1 / s[l], move[l] = s[l] - old[l];
    bend[l] = 0.5 * move[l] * move[l] * per_old[l], worst[l] = 0;
  }
  for (size_t k = 0; k < window; k++) {
#pragma omp simd
    for (int l = 0; l < LANES; l++) {
      double ie = leverage[k + l], share = log_share[k + l], was = p[k][l], slope = hazard[k][l];
      double before = fma(was + share, per_old[l], 0.5 * old[l]);
      double moved = was - slope * move[l] - bend[l] * slope * (before + slope) * (before - old[l] + slope);
      double x = fmin(fmax(moved, 0), bound[k + l]);
      double d1 = fma(x + share, per[l], 0.5 * s[l]), d2 = d1 - s[l];
      double z2 = fmin(fabs(d2), 37.6), shrinkage = fast_exp(-x);
      double density2 = ie * (INVERSE_ROOT_TWO_PI * fast_exp(-0.5 * z2 * z2));
      mills_fraction t2 = mills(z2, 0), t1 = mills(fmin(fabs(d1), 64), 0);
      double beyond = density2 * t2.p / t2.q, claim = 1 + (d2 > 0 ? ie - beyond : beyond);
      double density1 = density2 * shrinkage, tail = density1 * t1.p;
      double inverse = t1.q / (d1 > 0 ? t1.q - tail : tail), lambda = density1 * inverse;
      double newton = fma(claim * shrinkage, inverse, -1);
      double turn = 0.5 * newton * fma(lambda, per[l], 1);
      p[k][l] = x + newton / fmax(1 + turn, 0.5);
      hazard[k][l] = lambda;
      worst[l] = fmax(worst[l], fabs(newton));
    }
  }
}

/// Sample variance of the log returns of V, and half its slope in s.
static void fit_returns(const double *returns, size_t window, const double *mean_equity, double (*p)[LANES],
                        double (*hazard)[LANES], double *variance, double *slope) {
  size_t n = window - 1;
  double mean[LANES], squares[LANES] = {0}, slopes[LANES] = {0};
  for (int l = 0; l < LANES; l++) mean[l] = mean_equity[l] + (p[n][l] - p[0][l]) / (double)n;
  for (size_t k = 1; k <= n; k++) {
#pragma omp simd
    for (int l = 0; l < LANES; l++) {
      double excess = (returns[k + l] - mean[l]) + (p[k][l] - p[k - 1][l]);
      squares[l] = fma(excess, excess, squares[l]);
      slopes[l] = fma(excess, hazard[k - 1][l] - hazard[k][l], slopes[l]);
    }
  }
  for (int l = 0; l < LANES; l++) variance[l] = squares[l] / (n - 1.0), slope[l] = slopes[l] / (n - 1.0);
}

/// Solves the windows of one firm that end on days window - 1 ..< days; the columns of results begin there.
///
/// Whole blocks of eight windows only. Returns the number of asset values found, over all rounds.
size_t merton_iterative(const double *equity, const double *debt, const double *rate, size_t days,
                        size_t window, double maturity, double tolerance, double *value,
                        double *asset_volatility, double *distance, double *probability) {
  size_t size = days + LANES, n = window - 1, found = 0;
  double *leverage = malloc(size * 8), *log_share = malloc(size * 8), *bound = malloc(size * 8);
  double *returns = malloc(size * 8), (*p)[LANES] = malloc(window * sizeof *p);
  double(*hazard)[LANES] = malloc(window * sizeof *hazard);
  for (size_t i = 0; i < size; i++) {
    size_t j = i < days ? i : days - 1;
    leverage[i] = debt[j] * exp(-rate[j] * maturity) / equity[j];
    log_share[i] = -log(leverage[i]);
    bound[i] = log1p(leverage[i]);
    returns[i] = j ? log(equity[j] / equity[j - 1]) : 0;
  }
  double year = 252 * maturity;
  for (size_t first = 0; first + n + LANES <= days; first += LANES) {
    double mean[LANES] = {0}, square[LANES] = {0}, s[LANES], old[LANES], worst[LANES], variance[LANES];
    double slope[LANES], done[LANES] = {0}, final[LANES], last[LANES];
    for (size_t k = 1; k <= n; k++)
      for (int l = 0; l < LANES; l++) mean[l] += returns[first + k + l];
    for (int l = 0; l < LANES; l++) mean[l] /= (double)n;
    for (size_t k = 1; k <= n; k++)
      for (int l = 0; l < LANES; l++) {
        double excess = returns[first + k + l] - mean[l];
        square[l] += excess * excess;
      }
    for (int l = 0; l < LANES; l++) {
      size_t j = first + n + l;
      s[l] = old[l] = sqrt(square[l] / (n - 1.0) * year) * equity[j] / (equity[j] + debt[j]);
    }
    for (size_t k = 0; k < window; k++)
      for (int l = 0; l < LANES; l++) p[k][l] = bound[first + k + l], hazard[k][l] = 0;
    for (int round = 0, open = 1; round < 50 && open; round++) {
      step_days(leverage + first, log_share + first, bound + first, window, old, s, p, hazard, worst);
      fit_returns(returns + first, window, mean, p, hazard, variance, slope);
      found += LANES * window;
      open = 0;
      for (int l = 0; l < LANES; l++) {
        double target = sqrt(year * variance[l]), gain = year * slope[l] / target;
        double step = (target - s[l]) / (gain < 0.9 && worst[l] < 0.05 ? 1 - gain : 1);
        if (!done[l] && worst[l] <= 1e-10 && fabs(target - s[l]) <= tolerance * s[l]) {
          done[l] = 1, final[l] = s[l] + step, last[l] = p[n][l] - hazard[n][l] * step;
        }
        open |= !done[l];
        old[l] = s[l];
        if (!done[l]) s[l] += step;
      }
    }
    for (int l = 0; l < LANES; l++) {
      size_t j = first + n + l;
      double d2 = (last[l] + log_share[j]) / final[l] - 0.5 * final[l];
      value[first + l] = equity[j] * exp(last[l]);
      asset_volatility[first + l] = final[l] / sqrt(maturity);
      distance[first + l] = d2;
      probability[first + l] = 0.5 * erfc(d2 * 0.7071067811865476);
    }
  }
  free(leverage), free(log_share), free(bound), free(returns), free(p), free(hazard);
  return found;
}
