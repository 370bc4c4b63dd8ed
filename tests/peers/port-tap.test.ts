import { execFileSync } from 'node:child_process'
import t from 'tap'

/** Runs a command in the namespace; a fresh sysfs of it is mounted for the command by `ip netns exec`. */
const inside = (name: string, ...command: string[]): string =>
  execFileSync('ip', ['netns', 'exec', name, ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const obstacle = ((): string | undefined => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux'
  const probe = `cg-port-try-${process.pid}`
  try {
    execFileSync('ip', ['netns', 'add', probe], { stdio: 'pipe' })
    inside(probe, 'ip', 'tuntap', 'add', 'tap0', 'mode', 'tap')
    inside(probe, 'ethtool', '--version')
    inside(probe, 'perl', '-e', '1')
    return undefined
  } catch (cause) {
    return `needs ip, network namespaces, tap devices, ethtool and perl: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''}`
  } finally {
    try {
      execFileSync('ip', ['netns', 'del', probe], { stdio: 'ignore' })
    } catch {
      // It was never made.
    }
  }
})()

const program = `
  const { port } = await import(${JSON.stringify(new URL('../../agent/probes/port/port.ts', import.meta.url).href)})
  const { thisSystem } = await import(${JSON.stringify(new URL('../../agent/system.ts', import.meta.url).href)})
  const context = { signal: new AbortController().signal, system: thisSystem() }
  const say = async options => {
    try {
      return await port.prepare(options)(context)
    } catch (cause) {
      return cause.reason
    }
  }
  const named = await say({ interfaces: ['up100', 'up1000', 'half', 'down', 'left', 'gone'] })
  console.log(JSON.stringify({ named, all: await say({}) }))
`

/** A tap device has a carrier while a program holds it open: this one does (TUNSETIFF), and runs the rest meanwhile. */
const holding = `
  my @held;
  for my $name (qw(up100 up1000 half)) {
    open(my $tun, '+<', '/dev/net/tun') or die "tun: $!";
    ioctl($tun, 0x400454ca, my $request = pack('a16 s x22', $name, 0x1002)) or die "$name: $!";
    push @held, $tun;
  }
  exit(system(@ARGV) >> 8);
`
const setUp = `
  for d in up100 up1000 half down; do ip tuntap add $d mode tap; done
  ip link add left type veth peer name right
  for d in up100 up1000 half left right; do ip link set $d up; done
  ethtool -s up100 speed 100 duplex full autoneg off
  ethtool -s up1000 speed 1000 duplex full autoneg off
  ethtool -s half speed 1000 duplex half autoneg off
`

void t.test('the kernel’s own files say what real devices negotiated', { skip: obstacle ?? false }, t => {
  const name = `cg-port-${process.pid}`
  execFileSync('ip', ['netns', 'add', name])
  t.teardown(() => execFileSync('ip', ['netns', 'del', name]))
  inside(name, 'sh', '-ec', setUp)
  const said: unknown = JSON.parse(
    inside(name, 'perl', '-e', holding, process.execPath, '--input-type=module', '-e', program)
  )
  t.match(said, {
    named: [
      {
        part: 'up100',
        outcome: 'degraded',
        reason: 'speed_low',
        fields: { carrier: 1, speed_mbps: 100, duplex_full: 1 }
      },
      { part: 'up1000', outcome: 'ok', fields: { carrier: 1, speed_mbps: 1000, duplex_full: 1 } },
      { part: 'half', outcome: 'degraded', reason: 'half_duplex', fields: { speed_mbps: 1000, duplex_full: 0 } },
      { part: 'down', outcome: 'unavailable', reason: 'no_carrier', fields: { carrier: 0 } },
      {
        part: 'left',
        outcome: 'ok',
        fields: { carrier: 1, speed_mbps: 10_000, duplex_full: 1, carrier_changes_n: Number }
      },
      { part: 'gone', outcome: 'unavailable', reason: 'no_such_port' }
    ],
    all: 'no_physical_port'
  })
  t.end()
})
