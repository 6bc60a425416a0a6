"""Writes vectors.csv: reference values of the public functions, by mpmath 1.3.0 with 120 digits from exact rational arguments.
Columns: function, arguments (decimal, all at scale 18), value at scale 40."""
import random
from mpmath import mp, mpf, exp, log, sqrt, power, erfc, pi, nstr
mp.dps = 120
R = random.Random(76)
cdf = lambda x: erfc(-x / sqrt(mpf(2))) / 2
pdf = lambda x: exp(-x * x / 2) / sqrt(2 * pi)
def dec(lo, hi): return mpf(R.randint(int(lo * 10**18), int(hi * 10**18))) / mpf(10**18)
def text(x): return mp.nstr(mp.nint(x * mpf(10)**40), 110, min_fixed=-200, max_fixed=200).split('.')[0]
rows = []
def put(name, args, value): rows.append(','.join([name] + [str(int(mp.nint(a * 10**18))) for a in args] + [text(value)]))
for x in [mpf(0), mpf(1), mpf(-1), mpf(10)**-18, mpf(100), mpf(-50)] + [dec(-60, 60) for _ in range(60)]: put('exp', [x], exp(x))
for x in [mpf(1), 1 + mpf(10)**-18, mpf(10)**-18, mpf(10)**12] + [dec(0.000001, 5) for _ in range(40)] + [dec(1, 10**9) for _ in range(20)]: put('ln', [x], log(x))
for x in [mpf(0), mpf(-11), mpf(11), mpf(13)] + [dec(-12, 12) for _ in range(100)]: put('cdf', [x], cdf(x)); put('pdf', [x], pdf(x))
for _ in range(60):
    x, y = dec(0.01, 100), dec(-8, 8); put('pow', [x, y], power(x, y))
for n in range(120):
    f, k, s, t = dec(1, 100000), dec(1, 100000), dec(0.01, 3), dec(0.0001, 2)
    if n % 2: k = f * dec(0.9, 1.1); k = mp.nint(k * 10**18) / mpf(10**18)
    v = s * sqrt(t); d1 = log(f / k) / v + v / 2
    put('call', [f, k, s, t], f * cdf(d1) - k * cdf(d1 - v))
    put('put', [f, k, s, t], k * cdf(v - d1) - f * cdf(-d1))
    put('delta', [f, k, s, t], cdf(d1)); put('gamma', [f, k, s, t], pdf(d1) / f / v); put('vega', [f, k, s, t], f * pdf(d1) * sqrt(t))
open('vectors.csv', 'w').write('\n'.join(rows) + '\n')
