/* Adam from its first gradient, uncorrected, ε = 0, on a cubic that repeats to the right of 0: many runs in blocks of 64.

   What misstep's kernel for an outcome does, operation by operation: x, m and v of each run, and beside them the smallest
   and largest x, the largest |g| and the length of the path. benchmarks/peers.py compiles it with -ffp-contract=off.
   Below it, the fastest that a processor can take square roots and divide. */

#include <math.h>
#include <stddef.h>
#include <string.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

enum { LANES = 64, ROWS = 7 };

typedef struct {
    double learning_rate, period, c0, c1, c2, left;
} Numbers;

/* f'(x): c0 + c1·u + c2·u² at u = x − ⌊x/period⌋·period, and `left` where x < 0. The floor of the quotient is found by
   products whose remainders are rounded once, as misstep does, so that no division is spent on it. */
static inline double gradient(double x, const Numbers *number, double inverse, int one)
{
    double q = x;
    if (!one) {
        q = x * inverse;
        q = fma(fma(-q, number->period, x), inverse, q);
        q = fma(fma(-q, number->period, x), inverse, q);
    }
    double u = x - (one ? floor(q) : floor(q) * number->period);
    double inside = (number->c2 * u + number->c1) * u + number->c0;
    return x < 0 ? number->left : inside;
}

static inline __attribute__((always_inline)) void block(
    double (*restrict row)[LANES], const double *restrict beta1, const double *restrict beta2,
    const double *restrict rest1, const double *restrict rest2, const Numbers *number, long n_steps, int one,
    double *history, long n, long width)
{
    const Numbers own = *number;
    const double inverse = 1 / own.period;
    for (long step = 0; step < n_steps; step++) {
        for (int j = 0; j < LANES; j++) {
            double x = row[0][j], g = gradient(x, &own, inverse, one);
            double m = beta1[j] * row[1][j] + rest1[j] * g;
            double v = beta2[j] * row[2][j] + rest2[j] * (g * g);
            double ahead = x - own.learning_rate * m / sqrt(v);
            double size = fabs(g);
            row[0][j] = ahead;
            row[1][j] = m;
            row[2][j] = v;
            row[3][j] = ahead < row[3][j] ? ahead : row[3][j];
            row[4][j] = ahead > row[4][j] ? ahead : row[4][j];
            row[5][j] = size > row[5][j] ? size : row[5][j];
            row[6][j] = row[6][j] + fabs(ahead - x);
        }
        if (history)
            memcpy(history + step * n, row[0], width * sizeof(double));
    }
}

/* Move `state` (rows × n) on by n_steps steps; from the start, m and v are first set to the first gradient's. `history`
   (steps × n), where there is one, receives x after each step. */
void advance(double *state, const double *beta1, const double *beta2, const Numbers *number, long n, long n_steps, int start,
             double *history)
{
    double row[ROWS][LANES] __attribute__((aligned(64)));
    double b1[LANES] __attribute__((aligned(64))), b2[LANES] __attribute__((aligned(64)));
    double r1[LANES] __attribute__((aligned(64))), r2[LANES] __attribute__((aligned(64)));
    const int one = number->period == 1;
    for (long first = 0; first < n; first += LANES) {
        const long width = n - first < LANES ? n - first : LANES;
        for (int j = 0; j < LANES; j++) {
            const long lane = first + (j < width ? j : width - 1);
            for (int r = 0; r < ROWS; r++)
                row[r][j] = state[r * n + lane];
            b1[j] = beta1[lane], b2[j] = beta2[lane], r1[j] = 1 - b1[j], r2[j] = 1 - b2[j];
            if (start) {
                const double g = gradient(row[0][j], number, 1 / number->period, one);
                row[1][j] = g, row[2][j] = g * g;
            }
        }
        if (one)
            block(row, b1, b2, r1, r2, number, n_steps, 1, history ? history + first : NULL, n, width);
        else
            block(row, b1, b2, r1, r2, number, n_steps, 0, history ? history + first : NULL, n, width);
        for (int r = 0; r < ROWS; r++)
            for (int j = 0; j < width; j++)
                state[r * n + first + j] = row[r][j];
    }
}

/* So many independent square roots, each with a division, on registers of the widest kind; returns how many there were. */
long roots_and_quotients(long many)
{
#if defined(__AVX512F__)
    const __m512d two = _mm512_set1_pd(2.3);
    __m512d root = two, quotient = two;
    for (long i = 0; i < many; i++) {
        __asm__ volatile("vsqrtpd %1, %0" : "=v"(root) : "v"(two));
        __asm__ volatile("vdivpd %1, %1, %0" : "=v"(quotient) : "v"(two));
    }
    return 8 * many;
#elif defined(__AVX__)
    const __m256d two = _mm256_set1_pd(2.3);
    __m256d root = two, quotient = two;
    for (long i = 0; i < many; i++) {
        __asm__ volatile("vsqrtpd %1, %0" : "=x"(root) : "x"(two));
        __asm__ volatile("vdivpd %1, %1, %0" : "=x"(quotient) : "x"(two));
    }
    return 4 * many;
#else
    volatile double two = 2.3, root, quotient;
    for (long i = 0; i < many; i++)
        root = sqrt(two), quotient = two / two;
    (void)root, (void)quotient;
    return many;
#endif
}
