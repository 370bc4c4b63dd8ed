/* eslint-disable -- the reference implementation that the rule was specified by, as it came: an oracle for tests, not code to learn from. */
// @ts-nocheck
// v5: anytime-valid tier verdict (is the IP-layer rate at least `ratio`*T?) and its use of history. Own code, no dependencies.
// trace = [[ms, cumulative test bytes, cumulative interface bytes], ...]
export const IPF = 1500 / 1448 // IP bytes per TCP payload byte (MTU 1500, IPv4, timestamps)

// ---------- small helpers
const mean = a => a.reduce((s, x) => s + x, 0) / a.length
const median = a => {
  const s = [...a].sort((x, y) => x - y),
    n = s.length
  return n & 1 ? s[n >> 1] : (s[n / 2 - 1] + s[n / 2]) / 2
}
const lse = a => {
  const M = Math.max(...a)
  return M + Math.log(a.reduce((s, x) => s + Math.exp(x - M), 0))
}
const lnPhi = z => {
  // log of the normal cdf, safe far in the tail
  if (z < -5) return (-z * z) / 2 - Math.log(-z) - 0.9189385 + Math.log1p(-1 / (z * z))
  const t = 1 / (1 + 0.2316419 * Math.abs(z)),
    d =
      0.3989423 *
      Math.exp((-z * z) / 2) *
      t *
      (0.3193815 + t * (-0.3565638 + t * (1.781478 + t * (-1.821256 + t * 1.330274))))
  return Math.log(z > 0 ? 1 - d : d)
}
export function windows(tr, dt, col = 1) {
  // Mbit/s per dt-window, linear interpolation of the cumulative count
  const end = tr[tr.length - 1][0],
    xs = []
  let k = 0,
    p = 0
  for (let t = dt; t <= end + 1e-6; t += dt) {
    while (k + 1 < tr.length && tr[k + 1][0] < t) k++
    const a = tr[k],
      b = tr[Math.min(k + 1, tr.length - 1)]
    const v = b[0] === a[0] ? b[col] : a[col] + ((b[col] - a[col]) * (t - a[0])) / (b[0] - a[0])
    xs.push(((v - p) * 8) / dt / 1e3)
    p = v
  }
  return xs
}
export function bytesAt(tr, t) {
  let k = 0
  while (k + 1 < tr.length && tr[k + 1][0] <= t) k++
  return tr[k][1]
}

// ---------- evidence of a stretch of windows about the line (w = windows / line, so the line is 1)
// Model: stationary Gaussian AR(1) around mu, unknown noise size and unknown lag-1 correlation rho in RHO.
// For each rho the windows are pre-whitened; H0 is mu = 1, H+ is mu > 1, H- is mu < 1 with a half-normal prior on (mu-1)/sigma of variance g,
// sigma under its scale-invariant (Haar) prior. Averaged over rho and g. e+ = p(w|H+)/p(w|H0) is an e-value against every mu <= 1 (Ville): it may be looked at after every window.
export const RHO = [-0.6, -0.3, 0, 0.2, 0.4, 0.6, 0.8],
  G = [0.01, 0.1, 1, 10],
  RES = 0.003 // RES: resolution of one window, 0.3 %
export function evidence(w) {
  const m = median(w),
    c = Math.max(3 * 1.4826 * median(w.map(x => Math.abs(x - m))), 0.01 * m) // Huber clip at 3 robust sigma: one stall is one vote
  const y = w.map(x => Math.max(m - c, Math.min(m + c, x)) - 1),
    n = y.length,
    l0 = [],
    lp = [],
    lf = []
  let best = -Infinity,
    mu = m,
    se = 0,
    seMax = 0
  for (const r of RHO) {
    const a1 = Math.sqrt(1 - r * r)
    let aa = a1 * a1,
      az = aa * y[0],
      zz = aa * y[0] * y[0] + n * RES * RES
    for (let i = 1; i < n; i++) {
      const a = 1 - r,
        z = y[i] - r * y[i - 1]
      aa += a * a
      az += a * z
      zz += z * z
    }
    const t2 = (az * az) / aa,
      rss = zz - t2,
      J = Math.log(a1)
    l0.push(J - (n / 2) * Math.log(zz))
    for (const g of G) {
      const s = (g * aa) / (1 + g * aa),
        R = zz - s * t2,
        l = J - 0.5 * Math.log(1 + g * aa) - (n / 2) * Math.log(R) - Math.log(G.length)
      const q = az * Math.sqrt((s * n) / aa / R),
        z = ((Math.sign(q) * (8 * n + 1)) / (8 * n + 3)) * Math.sqrt(n * Math.log1p((q * q) / n)) // Student-t as a normal score (Wallace)
      const side = v => l + Math.LN2 + lnPhi(v),
        null0 = l0[l0.length - 1] - Math.log(G.length) // on the wrong side of the line H+ can never beat H0: exact bound
      lp.push(z > 0 ? side(z) : Math.min(side(z), null0))
      lf.push(z < 0 ? side(-z) : Math.min(side(-z), null0))
    }
    const f = J - (n / 2) * Math.log(rss)
    seMax = Math.sqrt(rss / n / aa)
    if (f > best) {
      best = f
      mu = az / aa + 1
      se = seMax
    }
  }
  const d = lse(l0)
  return { pass: lse(lp) - d, fail: lse(lf) - d, mu, se, seMax, y } // natural logs; seMax = standard error at the largest rho
}

// ---------- one test
// alpha: error bound of one verdict. lend: nats of evidence that history lends to a pass (0 = none). credit: seconds of burst credit (at line rate) the pass must exclude.
// cap: sender cap in Mbit/s (Infinity = uncapped), port: slowest known port on the path; a plateau under 1.25 T with a cap >= 1.5 T and a faster port shows there is no bucket to drain.
export function verdict5(tr, T, o = {}) {
  const {
    ratio = 0.95,
    dt = 100,
    fromMs = 0,
    maxMs = o.credit && o.port ? 11000 : 8000,
    maxBytes = Infinity,
    alpha = 0.005,
    lend = 0,
    minPassMs = 500,
    failMs = 2000,
    guardMs = 200,
    credit = 0,
    cap = Infinity,
    port = Infinity,
    certMs = 10000,
    col = 1,
    ipf = IPF
  } = o
  const L = ratio * T,
    bar = Math.log(1 / alpha),
    xs = windows(tr, dt, col).map(x => (x * ipf) / L),
    H = Math.round(guardMs / dt)
  let s = -1,
    last = {},
    anchors = 0,
    run = 0,
    E = 0,
    peak = 0,
    k
  for (k = 1; k <= xs.length && k * dt <= maxMs + 1; k++) {
    run = Math.max(0, run + ((xs[k - 1] - 1) * dt) / 1e3)
    E = Math.max(E, run) // excess over the line: a link below the line with credit b (seconds) can never show E >= b
    if (k >= 3) peak = Math.max(peak, mean(xs.slice(k - 3, k)))
    if (s < 0) {
      if (k >= 3 && xs[k - 2] > 0.02 && xs[k - 1] < 1.05 * xs[k - 2]) s = k - 1
      else continue
    } // ramp is over
    let w = xs.slice(s, k)
    if (w.length >= 8) {
      // change point (ramp end, credit spent, cross traffic): drop the older half, but only if even rho = 0.8 noise cannot explain the step
      const h = w.length >> 1,
        A = evidence(w.slice(0, h)),
        B = evidence(w.slice(h)),
        d = Math.abs(A.mu - B.mu)
      if (d > 0.05 * Math.max(A.mu, B.mu) && d > 4 * Math.hypot(A.seMax, B.seMax)) {
        s += h
        anchors++
        w = xs.slice(s, k)
      }
    }
    const n = w.length,
      b = bytesAt(tr, k * dt)
    if (n < 3 || k * dt < fromMs) continue
    const e = evidence(w)
    let m5 = 0
    for (let i = Math.max(H, n - Math.round(failMs / dt) + H); i <= n; i++)
      m5 = Math.max(m5, 1 + mean(e.y.slice(i - H, i))) // clipped, so catch-up after a stall does not count
    const flat = cap >= 1.5 * T && peak * L <= 1.25 * T && peak * L < 0.9 * port // no faster bucket behind it, and it is not the port that hides one
    const spent = anchors > 0 && n * dt >= 1000 && e.mu < 0.8 * peak,
      full = peak * L >= 0.9 * port && peak * L <= 1.25 * T && k * dt >= certMs
    const safe = E >= credit || flat || spent || full // credit excluded, not there, seen to run out, or (port-limited) as good as a fixed 10 s test
    last = {
      t: k * dt,
      bytes: b,
      ip: e.mu * L,
      lo: (e.mu - 3 * e.se) * L,
      hi: (e.mu + 3 * e.se) * L,
      n,
      e,
      creditExcluded: E,
      flat,
      anchors
    }
    if (e.pass >= bar - lend && n * dt >= minPassMs && safe) return { v: 'pass', ...last }
    if (e.fail >= bar && n * dt >= failMs && m5 < 1) return { v: 'fail', ...last }
    if (b >= maxBytes) break
  }
  const t = Math.min(maxMs, xs.length * dt)
  return { v: 'indet', ...last, t, bytes: bytesAt(tr, t) }
}

// re-verification: up to 1 s at 50 ms windows with the evidence lent by history; if that is not enough, the same test goes on under the full rule, nothing lent
export function check5(tr, T, o) {
  const r = verdict5(tr, T, { ...o, dt: 50, minPassMs: 250, maxMs: 1000 })
  return r.v === 'pass' ? r : verdict5(tr, T, { ...o, lend: 0, fromMs: 1000 })
}

// ---------- history: one log-odds per link, direction and slot class (night, evening): ln P(at or above the line) / P(below)
export const HIST = {
  down: 1 / 200,
  up: 1 / 50,
  trust: Math.log(100),
  max: 7,
  lendMax: Math.log(30),
  certDays: { flat: 30, fast: 10 }
} // daily hazards; one test may move the odds by at most its own error bound 1/alpha
export const predict = lo => {
  const p = 1 / (1 + Math.exp(-lo)),
    q = p * (1 - HIST.down) + (1 - p) * HIST.up
  return Math.log(q / (1 - q))
} // overnight
export const publish = lo => (lo >= 3 ? 'ok' : lo <= -3 ? 'below' : 'unknown') // 20 : 1
// what to run now. st = { lo, last, cert: { day, kind } }; cert is shared by all slot classes of the link. null = nothing to run
export function plan(st, T, day) {
  if (st.lo <= -3 && st.last != null && day - st.last < 2) return null // a published miss is re-verified every second day
  const cert = st.cert.day != null && day - st.cert.day < HIST.certDays[st.cert.kind]
  if (!cert) return { cap: Infinity, credit: 3 } // certifying test: uncapped, must exclude 3 s of credit (or be flat, or see it run out)
  const o = st.cert.kind === 'flat' ? { cap: Infinity, credit: 3 } : { cap: 1.1 * T, credit: 0 } // a flat link limits itself: leaving it uncapped costs nothing and shows new credit at once
  if (st.lo > 0) return { ...o, lend: Math.min(st.lo, HIST.lendMax) } // run with check5
  return st.lo < -3 ? { ...o, failMs: 1000 } : o
}
export function update(st, r, day, o) {
  const bf = r.e ? r.e.pass - r.e.fail : 0,
    move = r.v === 'pass' ? Math.max(0, bf) : r.v === 'fail' ? Math.min(0, bf) : 0.5 * bf // an undecided test counts half
  st.lo = Math.max(-HIST.max, Math.min(HIST.max, st.lo + Math.max(-HIST.trust, Math.min(HIST.trust, move))))
  st.last = day
  if (r.v === 'pass' && o.credit >= 3) {
    st.cert.day = day
    st.cert.kind = r.flat ? 'flat' : 'fast'
  }
  if (r.v === 'fail' && o.credit && r.anchors && st.cert.day != null) {
    const d = st.cert.day
    st.cert.day = null
    return d
  } // credit ran out inside the test: every ok since day d was provisional and becomes unknown
  return null
}
// month per slot class from the published states of its days; the month is final at the next certificate (<= 10 or 30 days later)
export function month(classes) {
  const per = classes.map(D => {
    const bad = D.filter(x => x === 'below').length,
      ok = D.filter(x => x === 'ok').length
    return bad >= 3 ? 'misses' : bad <= 1 && ok >= 22 ? 'meets' : 'unknown'
  })
  return per.includes('misses') ? 'misses' : per.every(x => x === 'meets') ? 'meets' : 'unknown'
}
