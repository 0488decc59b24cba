"""Stage: random numbers in lanes. Input: nothing. Output: C text that draws from eight replicas' streams at once.

Every lane is a replica with its own SFC64 generator. The draws are NumPy's, bit for bit: ziggurats that nearly always
end at the first number, for all lanes together; a lane that is rejected goes on alone. Arithmetic on eight lanes is the
compiler's (GNU vectors); what it spells badly has one spelling for AVX-512 and one for everything else.
"""

from __future__ import annotations

from collections.abc import Iterable

from numba.np.random import _constants as ziggurats

LANES = 8
STREAM_ROWS = 4  # numbers that an SFC64 generator keeps


def streams_source() -> str:
    """Types, vector operations, tables and the functions ``normals``, ``exponentials``, ``uniforms`` of a stream."""
    tables = "\n".join(
        [
            *(_table(name, "double", getattr(ziggurats, f"{name}_double"), float.hex) for name in ("wi", "fi")),
            *(_table(name, "double", getattr(ziggurats, f"{name}_double"), float.hex) for name in ("we", "fe")),
            *(_table(name, "u64", getattr(ziggurats, f"{name}_double"), "{}ULL".format) for name in ("ki", "ke")),
        ]
    )
    ends = {"NORMAL_END": "ziggurat_nor_r", "NORMAL_SCALE": "ziggurat_nor_inv_r", "EXPONENTIAL_END": "ziggurat_exp_r"}
    numbers = "\n".join(f"#define {name} {float(getattr(ziggurats, of)).hex()}" for name, of in ends.items())
    return "\n".join((_VECTORS, tables, numbers, _STREAMS))


def _table(name: str, kind: str, values: Iterable[float], spelt: object) -> str:
    assert callable(spelt)
    entries = ", ".join(spelt(float(value) if kind == "double" else int(value)) for value in values)
    return f"static const {kind} {name}[256] = {{{entries}}};"


_VECTORS = r"""#include <math.h>
#include <stdint.h>
#define LANES 8
#define EACH for (int lane = 0; lane < LANES; lane++)
typedef uint64_t u64;
typedef double V __attribute__((vector_size(64), may_alias));
typedef int64_t I __attribute__((vector_size(64), may_alias));
typedef uint64_t U __attribute__((vector_size(64), may_alias));
typedef double one_double __attribute__((may_alias));
typedef uint64_t one_integer __attribute__((may_alias));
#define INTEGER(v) (((one_integer *)&(v))[lane])
#define DOUBLE(v) (((one_double *)&(v))[lane])
#define SIGN 0x8000000000000000ULL
#if defined(__AVX512DQ__) && !defined(GENERIC)
#include <immintrin.h>
static inline V lower(V a, V b) { return (V)_mm512_min_pd((__m512d)a, (__m512d)b); }
static inline I where_same(V a, V b, I then, I otherwise) {
  return (I)_mm512_mask_blend_epi64(_mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_EQ_OQ), (__m512i)otherwise,
                                    (__m512i)then);
}
static inline unsigned not_below(U a, U b) { return _mm512_cmpge_epu64_mask((__m512i)a, (__m512i)b); }
static inline V doubles_at(const void *table, I index) { return (V)_mm512_i64gather_pd((__m512i)index, table, 8); }
static inline I integers_at(const void *table, I index) { return (I)_mm512_i64gather_epi64((__m512i)index, table, 8); }
#else
static inline I where(I which, I then, I otherwise) { return (which & then) | (~which & otherwise); }
static inline V lower(V a, V b) { return (V)where(a < b, (I)a, (I)b); }
static inline I where_same(V a, V b, I then, I otherwise) { return where(a == b, then, otherwise); }
static inline unsigned not_below(U a, U b) {
  unsigned found = 0;
  EACH found |= (unsigned)(INTEGER(a) >= INTEGER(b)) << lane;
  return found;
}
static inline V doubles_at(const void *table, I index) {
  V found;
  EACH DOUBLE(found) = ((const one_double *)table)[INTEGER(index)];
  return found;
}
static inline I integers_at(const void *table, I index) {
  I found;
  EACH INTEGER(found) = ((const one_integer *)table)[INTEGER(index)];
  return found;
}
#endif"""
# A rejected number is looked at once more, alone: then its own loop goes on as NumPy's does.
_STREAMS = r"""typedef struct { U a, b, c, count; } Stream;
static inline U next_integers(Stream *s) {
  U drawn = s->a + s->b + s->count;
  s->count += 1;
  s->a = s->b ^ (s->b >> 11);
  s->b = s->c + (s->c << 3);
  s->c = ((s->c << 24) | (s->c >> 40)) + drawn;
  return drawn;
}
static u64 next_integer(Stream *s, int lane) {
  u64 b = INTEGER(s->b), c = INTEGER(s->c), drawn = INTEGER(s->a) + b + INTEGER(s->count)++;
  INTEGER(s->a) = b ^ (b >> 11);
  INTEGER(s->b) = c + (c << 3);
  INTEGER(s->c) = ((c << 24) | (c >> 40)) + drawn;
  return drawn;
}
static double uniform(Stream *s, int lane) { return (next_integer(s, lane) >> 11) * (1.0 / 9007199254740992.0); }
static __attribute__((noinline)) double rejected_exponential(Stream *s, int lane, u64 drawn) {
  for (;;) {
    int k = (drawn >> 3) & 255;
    u64 size = drawn >> 11;
    double x = size * we[k];
    if (size < ke[k]) return x;
    if (k == 0) return EXPONENTIAL_END - log1p(-uniform(s, lane));
    if ((fe[k - 1] - fe[k]) * uniform(s, lane) + fe[k] < exp(-x)) return x;
    drawn = next_integer(s, lane);
  }
}
static __attribute__((noinline)) double rejected_normal(Stream *s, int lane, u64 drawn) {
  for (;;) {
    int k = drawn & 255;
    u64 size = (drawn >> 9) & 0x000fffffffffffffULL;
    double x = size * wi[k];
    if ((drawn >> 8) & 1) x = -x;
    if (size < ki[k]) return x;
    while (k == 0) {
      double beyond = -NORMAL_SCALE * log1p(-uniform(s, lane)), y = -log1p(-uniform(s, lane));
      if (y + y > beyond * beyond) return (size >> 8) & 1 ? -(NORMAL_END + beyond) : NORMAL_END + beyond;
    }
    if ((fi[k - 1] - fi[k]) * uniform(s, lane) + fi[k] < exp(-0.5 * x * x)) return x;
    drawn = next_integer(s, lane);
  }
}
static inline V uniforms(Stream *s) {
  return __builtin_convertvector((I)(next_integers(s) >> 11), V) * (1.0 / 9007199254740992.0);
}
static inline V exponentials(Stream *s) {
  U drawn = next_integers(s), size = drawn >> 11;
  I k = (I)((drawn >> 3) & 255);
  V x = __builtin_convertvector((I)size, V) * doubles_at(we, k);
  unsigned rejected = not_below(size, (U)integers_at(ke, k));
  for (; __builtin_expect(rejected != 0, 0); rejected &= rejected - 1) {
    int lane = __builtin_ctz(rejected);
    DOUBLE(x) = rejected_exponential(s, lane, INTEGER(drawn));
  }
  return x;
}
static inline V normals(Stream *s) {
  U drawn = next_integers(s), size = (drawn >> 9) & 0x000fffffffffffffULL;
  I k = (I)(drawn & 255);
  V x = __builtin_convertvector((I)size, V) * doubles_at(wi, k);
  x = (V)((U)x ^ ((drawn << 55) & SIGN));
  unsigned rejected = not_below(size, (U)integers_at(ki, k));
  for (; __builtin_expect(rejected != 0, 0); rejected &= rejected - 1) {
    int lane = __builtin_ctz(rejected);
    DOUBLE(x) = rejected_normal(s, lane, INTEGER(drawn));
  }
  return x;
}
"""
