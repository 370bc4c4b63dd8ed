import { parseArgs } from 'node:util'
import { judge } from '../agent/probes/bandwidth/rule/judge.ts'
import type { RuleTerms } from '../agent/probes/bandwidth/rule/terms.ts'
import { type Noise, noisyRates, openNormal, openRandom, samplesOf } from './simulated-links.ts'
import { circumstances, goalLine, tableOf } from './table.ts'

/** A capped test for T = 100, nothing lent: the line is 95 Mbit/s. */
export const quickTerms: RuleTerms = {
  tierMbps: 100,
  passRatio: 0.95,
  capMbps: 110,
  portMbps: Infinity,
  creditS: 0,
  lendNats: 0,
  failMs: 2_000,
  maxMs: 8_000,
  maxBytes: Infinity
}
const line = quickTerms.passRatio * quickTerms.tierMbps

/** Mean rates as ratios to the line. At exactly the line a pass is right and a fail is wrong. */
export const means = [0.95, 0.97, 0.99, 1, 1.01, 1.03, 1.05]

export interface Cell {
  readonly mean: number
  readonly rho: number
  readonly cv: number
  readonly runs: number
  /** Length of a step of the noise, ms: the rule looks at windows of 100. */
  readonly stepMs?: number
  readonly terms?: RuleTerms
}

/** Shares of passes and fails among simulated tests of one kind of link. The same cell gives the same shares. */
export const cellOf = ({ mean, rho, cv, runs, stepMs = 100, terms = quickTerms }: Cell) => {
  const normal = openNormal(openRandom(mean * 1e6 + rho * 1e5 + cv * 1e4 + stepMs))
  const noise: Noise = { mbps: mean * line, rho, cv }
  const said = { pass: 0, fail: 0, inconclusive: 0 }
  for (let run = 0; run < runs; run += 1) {
    said[judge(samplesOf(noisyRates(noise, terms.maxMs / stepMs, normal), stepMs), terms).result] += 1
  }
  return { pass: said.pass / runs, fail: said.fail / runs }
}

export const wrongOf = (mean: number, shares: { readonly pass: number; readonly fail: number }): number =>
  mean < 1 ? shares.pass : shares.fail

export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...argv],
    options: { runs: { type: 'string', default: '2000' }, step: { type: 'string', default: '100' } }
  })
  const runs = Number(values.runs)
  const stepMs = Number(values.step)
  let worstPass = 0
  let worstFail = 0
  const rows: (string | number)[][] = []
  for (const rho of [0.3, 0.5, 0.65, 0.8]) {
    for (const cv of [0.02, 0.05, 0.1, 0.2]) {
      const cells = means.map(mean => {
        const shares = cellOf({ mean, rho, cv, runs, stepMs })
        if (mean < 1) worstPass = Math.max(worstPass, shares.pass)
        else worstFail = Math.max(worstFail, shares.fail)
        return `${(100 * shares.pass).toFixed(2)} / ${(100 * shares.fail).toFixed(2)}`
      })
      rows.push([rho.toFixed(2), `${100 * cv} %`, ...cells])
    }
  }
  const columns = [{ name: 'ρ' }, { name: 'cv' }, ...means.map(mean => ({ name: `${mean} of the line` }))]
  console.log(`Share of passes / fails in %, ${runs} simulated tests a cell, AR(1) noise in steps of ${stepMs} ms\n`)
  console.log(tableOf(columns, rows))
  console.log(`\n${goalLine('worst cell, wrong passes', 100 * worstPass, 1, ' %', 2)}`)
  console.log(goalLine('worst cell, wrong fails', 100 * worstFail, 1, ' %', 2))
  console.log(circumstances(`npm run bench -- rule-noise --runs ${runs} --step ${stepMs}`))
  if (worstPass > 0.01 || worstFail > 0.01) process.exitCode = 1
  await Promise.resolve()
}
