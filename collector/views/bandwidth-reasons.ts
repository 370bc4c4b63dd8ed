/** Reasons of the bandwidth probe in words: why a test passed, did not pass, stayed undecided or could not be run. */
export const bandwidthReasons: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  above_line: ['区间全部在达标线以上', 'the whole interval is above the line'],
  below_line: ['区间全部在达标线以下', 'the whole interval is below the line'],
  counter: ['平时的流量已达到达标线', 'everyday traffic reached the line'],
  port: ['端口速率低于要求', 'the port is slower than the tier'],
  undecided: ['太接近达标线或波动太大，分不清', 'too close to the line or too unsteady to tell'],
  credit: ['速率够，但突发额度尚未排除', 'fast enough, but burst credit is not excluded'],

  host: ['偏低，但测量设备当时太忙', 'slow, but the measuring device was too busy'],
  server: ['偏低，但测试服务器当时过载', 'slow, but the test server was overloaded'],
  stalled: [
    '偏低，但时断时续，像是中断，不能算线路慢',
    'slow, but it stood still and ran by turns: an outage, not a rate'
  ],
  sender: ['偏低，但发送端还没有把线路占满，不能算线路慢', 'slow, but the sender had not filled the line'],
  loss: ['偏低，但有丢包，可能由丢包造成，不能算线路慢', 'slow, but packets were lost, which may be the cause'],
  busy: ['线路上有别的流量，又无法计入', 'other traffic was on the line and could not be counted in'],
  rwnd: ['偏低，但测量设备收得不够快', 'slow, but the measuring device could not take it faster'],
  path: ['偏低，但测试服务器太远（往返超过 100 ms）', 'slow, but the test server is more than 100 ms away'],
  no_counter: [
    '偏低，但不在出口上测或读不到计数，看不到别人用了多少',
    'slow, but seen from behind the gateway, where what others use is not seen'
  ],
  link_down: ['测试中线路或服务器断开', 'the link or the server went away during the test'],
  aborted: ['测试使网络变慢，已自动停止', 'stopped by itself, because it slowed the network down'],

  server_unreachable: ['测试服务器没有应答', 'the test server does not answer'],
  upgrade_blocked: ['中间的代理不放行测试连接', 'a proxy in between does not let the test through'],
  lease_refused: ['测试服务器没有接受测试许可', 'the test server did not accept the permission to test'],
  server_busy: ['测试服务器暂时没有空位', 'the test server has no room now'],
  server_port_too_small: [
    '测试服务器的端口太小，测不了这一档',
    'the port of the test server is too small for this tier'
  ],
  server_on_site: [
    '测试服务器在校内，测不到出口',
    'the test server is inside the school: a test would not cross the uplink'
  ],
  port_too_slow: ['这台设备的端口慢于要求，测不出出口', 'the port of this device is too slow to test the uplink'],
  budget: ['测试流量预算已用完', 'the data budget for tests is used up'],
  budget_unreadable: ['探针的流量账本读写失败', 'the agent cannot read or write its book of test data'],
  no_collector: ['没有采集端的许可，不能测试', 'a test needs the permission of a collector'],
  no_answer: ['采集端没有答复测试请求', 'the collector did not answer the request for a test'],
  refused: ['采集端不允许测试这个出口', 'the collector refuses a test of this uplink'],
  needs_http: [
    '采集端只有 HTTPS 地址，须另设测试服务器',
    'the collector is on HTTPS only: a test server must be set up'
  ],
  child_died: ['测试进程意外退出', 'the test process ended without a result']
}
