import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import Type from 'typebox'
import { bandwidth } from '../../../agent/probes/bandwidth/bandwidth.ts'
import { clock } from '../../../agent/probes/clock/clock.ts'
import { host } from '../../../agent/probes/host/host.ts'
import { ping } from '../../../agent/probes/ping/ping.ts'
import { port } from '../../../agent/probes/port/port.ts'
import { portal } from '../../../agent/probes/portal/portal.ts'
import { parse } from '../../../contract/parse.ts'
import { thrown } from './context.ts'

const Sample = Type.Object(
  { probe: Type.String(), every_ms: Type.Integer(), options: Type.Unknown() },
  { additionalProperties: false }
)
const read = (probe: string, file: string) =>
  readFileSync(new URL(`../../../agent/probes/${probe}/${file}`, import.meta.url), 'utf8')

void t.test('sample and README of each probe agree with its code', t => {
  for (const probe of [bandwidth, clock, host, ping, port, portal]) {
    const raw: unknown = parseYaml(read(probe.name, 'sample.yaml'))
    const sample = parse(Sample, raw, `${probe.name}/sample.yaml`)
    t.equal(sample.probe, probe.name)
    t.equal(sample.every_ms, probe.everyMs)
    t.equal(
      thrown(() => probe.prepare(sample.options)),
      '',
      `${probe.name}: the sample is valid`
    )
    const readme = read(probe.name, 'README.md')
    for (const word of [...Object.keys(probe.reasons), ...Object.keys(probe.fold ?? {})])
      t.ok(readme.includes(`\`${word}\``), `${probe.name}: the README names ${word}`)
  }
  t.end()
})
