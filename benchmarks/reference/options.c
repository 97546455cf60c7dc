// Reference kernels for European options: the textbook formulas over columns of doubles, in plain C for gcc's
// vectoriser, with polynomials of their own (faster than libmvec's erfc), as fast as C was made to go.
//
//   gcc -O3 -march=native -mprefer-vector-width=512 -ffast-math -fPIC -c options.c
//
// They assume ordinary inputs: nothing expired, no subnormal results, no protection from cancellation.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INVERSE_ROOT_TWO_PI 0.3989422804014327

static inline double from_bits(uint64_t bits) { double x; memcpy(&x, &bits, 8); return x; }
static inline uint64_t to_bits(double x) { uint64_t bits; memcpy(&bits, &x, 8); return bits; }

// MARK: - Elementary functions, about 1e-15 relative

/// e^x for |x| < 708.
static inline double fast_exp(double x) {
  double n = __builtin_rint(x * 1.4426950408889634);
  double r = (x - n * 0.693147180559663) - n * 2.8235290563031577e-13;
  double p = 2.510038549551032e-08;
  p = p * r + 2.7620088445409746e-07;
  p = p * r + 2.7557268459997064e-06;
  p = p * r + 2.4801521295954376e-05;
  p = p * r + 0.00019841269863053618;
  p = p * r + 0.0013888888917213717;
  p = p * r + 0.008333333333330062;
  p = p * r + 0.04166666666662413;
  p = p * r + 0.16666666666666669;
  p = p * r + 0.5000000000000001;
  p = 1 + (r + r * r * p);
  return from_bits(to_bits(p) + ((uint64_t)(int64_t)n << 52));
}

/// The natural logarithm of a positive normal x.
static inline double fast_log(double x) {
  int64_t k = (int64_t)((to_bits(x) - 0x3FE8000000000000u + (1023ull << 52)) >> 52) - 1023;
  double f = from_bits(to_bits(x) - ((uint64_t)k << 52)) - 1;
  double s = f / (f + 2), w = s * s;
  double p = 0.13609030262858499;
  p = p * w + 0.13209708242059462;
  p = p * w + 0.15388867805613718;
  p = p * w + 0.18181737626302938;
  p = p * w + 0.2222222304835159;
  p = p * w + 0.28571428567275936;
  p = p * w + 0.4000000000000794;
  p = p * w + 0.6666666666666666;
  return (double)k * 0.6931471805599453 + (2 * s + s * w * p);
}

/// (1 - N(z)) / n(z) for z >= 0.
static inline double mills(double z) {
  double p = z + 29.18712338281613, q = z + 29.187123382816143;
  p = p * z + 422.47729594743475, q = q * z + 423.47729594742714;
  p = p * z + 3930.323590091473, q = q * z + 3959.510713476024;
  p = p * z + 25793.233161042903, q = q * z + 26213.710456788765;
  p = p * z + 124144.7612225787, q = q * z + 128016.71057984451;
  p = p * z + 442852.36404014286, q = q * z + 467810.6419772239;
  p = p * z + 1156736.2462255775, q = q * z + 1273312.2515818102;
  p = p * z + 2124982.652489747, q = q * z + 2520398.854135845;
  p = p * z + 2499061.9855821915, q = q * z + 3444660.4458678523;
  p = p * z + 1451444.4311114256;
  q = q * z + 2917981.1981237344;
  q = q * z + 1158085.1024471046;
  return p / q;
}

/// The standard normal distribution.
static inline double normal(double x) {
  double tail = INVERSE_ROOT_TWO_PI * fast_exp(-0.5 * x * x) * mills(__builtin_fabs(x));
  return x > 0 ? 1 - tail : tail;
}

// MARK: - Prices by the textbook formula

/// Prices; `put[i]` is 0 or 1.
void reference_price(
    const double *restrict spot, const double *restrict strike, const double *restrict rate,
    const double *restrict dividend, const double *restrict volatility, const double *restrict maturity,
    const uint8_t *restrict put, double *restrict price, size_t count) {
#pragma GCC ivdep
  for (size_t i = 0; i < count; i++) {
    double s = spot[i], k = strike[i], t = maturity[i];
    double v = volatility[i] * __builtin_sqrt(t);
    double d1 = (fast_log(s / k) + (rate[i] - dividend[i]) * t) / v + 0.5 * v, d2 = d1 - v;
    double ps = s * fast_exp(-dividend[i] * t), pk = k * fast_exp(-rate[i] * t);
    double sign = put[i] ? -1 : 1;
    price[i] = sign * (ps * normal(sign * d1) - pk * normal(sign * d2));
  }
}

/// Prices, delta, gamma, vega, theta and rho.
void reference_greeks(
    const double *restrict spot, const double *restrict strike, const double *restrict rate,
    const double *restrict dividend, const double *restrict volatility, const double *restrict maturity,
    const uint8_t *restrict put, double *restrict price, double *restrict delta, double *restrict gamma,
    double *restrict vega, double *restrict theta, double *restrict rho, size_t count) {
#pragma GCC ivdep
  for (size_t i = 0; i < count; i++) {
    double s = spot[i], k = strike[i], t = maturity[i];
    double root = __builtin_sqrt(t), v = volatility[i] * root;
    double d1 = (fast_log(s / k) + (rate[i] - dividend[i]) * t) / v + 0.5 * v, d2 = d1 - v;
    double discount = fast_exp(-dividend[i] * t), ps = s * discount;
    double pk = k * fast_exp(-rate[i] * t);
    double sign = put[i] ? -1 : 1;
    double n1 = normal(sign * d1), n2 = normal(sign * d2);
    double density = INVERSE_ROOT_TWO_PI * fast_exp(-0.5 * d1 * d1);
    price[i] = sign * (ps * n1 - pk * n2);
    delta[i] = sign * discount * n1;
    gamma[i] = discount * density / (s * v);
    vega[i] = ps * density * root;
    theta[i] = sign * (dividend[i] * ps * n1 - rate[i] * pk * n2)
        - ps * density * volatility[i] / (2 * root);
    rho[i] = sign * t * pk * n2;
  }
}

// MARK: - Prices with one exponential for both distribution values
//
// What the formula allows beyond the textbook: spot n(d1) and strike n(d2) are equal once discounted.

/// Prices; `put[i]` is 0 or 1.
void reference_price_shared(
    const double *restrict spot, const double *restrict strike, const double *restrict rate,
    const double *restrict dividend, const double *restrict volatility, const double *restrict maturity,
    const uint8_t *restrict put, double *restrict price, size_t count) {
#pragma GCC ivdep
  for (size_t i = 0; i < count; i++) {
    double s = spot[i], k = strike[i], t = maturity[i];
    double root = __builtin_sqrt(t), v = volatility[i] * root;
    double d1 = (fast_log(s / k) + (rate[i] - dividend[i]) * t) / v + 0.5 * v, d2 = d1 - v;
    double ps = s * fast_exp(-dividend[i] * t), pk = k * fast_exp(-rate[i] * t);
    double core = ps * INVERSE_ROOT_TWO_PI * fast_exp(-0.5 * d1 * d1);
    double u1 = core * mills(__builtin_fabs(d1)), u2 = core * mills(__builtin_fabs(d2));
    double call = (d1 > 0 ? ps - u1 : u1) - (d2 > 0 ? pk - u2 : u2);
    price[i] = put[i] ? call - ps + pk : call;
  }
}

/// Prices, delta, gamma, vega, theta and rho.
void reference_greeks_shared(
    const double *restrict spot, const double *restrict strike, const double *restrict rate,
    const double *restrict dividend, const double *restrict volatility, const double *restrict maturity,
    const uint8_t *restrict put, double *restrict price, double *restrict delta, double *restrict gamma,
    double *restrict vega, double *restrict theta, double *restrict rho, size_t count) {
#pragma GCC ivdep
  for (size_t i = 0; i < count; i++) {
    double s = spot[i], k = strike[i], t = maturity[i];
    double root = __builtin_sqrt(t), v = volatility[i] * root;
    double d1 = (fast_log(s / k) + (rate[i] - dividend[i]) * t) / v + 0.5 * v, d2 = d1 - v;
    double discount = fast_exp(-dividend[i] * t), ps = s * discount;
    double pk = k * fast_exp(-rate[i] * t);
    double density = INVERSE_ROOT_TWO_PI * fast_exp(-0.5 * d1 * d1), core = ps * density;
    double n1 = density * mills(__builtin_fabs(d1)), u2 = core * mills(__builtin_fabs(d2));
    n1 = d1 > 0 ? 1 - n1 : n1;
    double w2 = d2 > 0 ? pk - u2 : u2;
    double is_put = put[i];
    double w1 = discount * (n1 - is_put);
    w2 = w2 - is_put * pk;
    price[i] = s * w1 - w2;
    delta[i] = w1;
    gamma[i] = discount * density / (s * v);
    vega[i] = core * root;
    theta[i] = dividend[i] * s * w1 - rate[i] * w2 - core * volatility[i] / (2 * root);
    rho[i] = t * w2;
  }
}

// MARK: - Implied volatility

enum { LANES = 16 };

/// Volatilities at which the options have the prices, by Newton's method on the logarithm of the
/// normalised time value, in blocks that iterate until the slowest row has converged.
void reference_implied(
    const double *restrict spot, const double *restrict strike, const double *restrict rate,
    const double *restrict dividend, const double *restrict maturity, const uint8_t *restrict put,
    const double *restrict price, double *restrict volatility, size_t count) {
  for (size_t first = 0; first < count; first += LANES) {
    double x[LANES], target[LANES], v[LANES], root[LANES];
    size_t size = count - first < LANES ? count - first : LANES;
    for (size_t l = 0; l < LANES; l++) {
      size_t i = first + (l < size ? l : size - 1);
      double t = maturity[i], ps = spot[i] * fast_exp(-dividend[i] * t);
      double pk = strike[i] * fast_exp(-rate[i] * t);
      double forward = fast_log(spot[i] / strike[i]) + (rate[i] - dividend[i]) * t;
      double gain = put[i] ? pk - ps : ps - pk;
      double value = price[i] - (gain > 0 ? gain : 0);
      double scale = __builtin_sqrt(ps * pk);
      x[l] = __builtin_fabs(forward);
      target[l] = fast_log(value / scale);
      root[l] = __builtin_sqrt(t);
      double bend = __builtin_sqrt(2 * x[l]), flat = value / scale / INVERSE_ROOT_TWO_PI;
      v[l] = bend > flat ? bend : flat;
    }
    for (int step = 0; step < 50; step++) {
      double largest = 0;
      for (size_t l = 0; l < LANES; l++) {
        double a = x[l] / v[l], t = 0.5 * v[l], y = -0.5 * (a * a + t * t);
        double outer = mills(a + t), inner = mills(__builtin_fabs(a - t));
        double e = INVERSE_ROOT_TWO_PI * fast_exp(y);
        double value = a >= t ? e * (inner - outer) : fast_exp(-0.5 * x[l]) - e * (inner + outer);
        double next = v[l] - (fast_log(value) - target[l]) * value / e;
        next = next > 0.2 * v[l] ? next : 0.2 * v[l];
        double move = __builtin_fabs(next / v[l] - 1);
        largest = move > largest ? move : largest;
        v[l] = next;
      }
      if (largest < 1e-10) break;
    }
    for (size_t l = 0; l < size; l++) volatility[first + l] = v[l] / root[l];
  }
}
