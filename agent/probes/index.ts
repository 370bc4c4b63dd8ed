import type { Probe } from '../probe.ts'
import { bandwidth } from './bandwidth/bandwidth.ts'
import { clock } from './clock/clock.ts'
import { host } from './host/host.ts'
import { ping } from './ping/ping.ts'
import { port } from './port/port.ts'
import { portal } from './portal/portal.ts'

/** Every probe of the agent: a new one is one folder and one line here (CONTRIBUTING.md). */
export const probes: readonly Probe[] = [bandwidth, clock, host, ping, port, portal]
