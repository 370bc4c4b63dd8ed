import { influxName, startInflux } from './influx/influx.ts'
import type { Sink } from './sink.ts'

/** Every sink: a folder beside this file and a line here (CONTRIBUTING.md, "Add a sink"). */
export const sinks: readonly Sink[] = [
  {
    name: influxName,
    configured: ({ influx }) => influx !== undefined,
    start: ({ influx, uploadMs }, deps) =>
      influx === undefined ? undefined : startInflux(influx, { ...deps, uploadMs })
  }
]
