import { sha256Of } from '../runtime/sha256.ts'

/** The user that the engine is, in the embedded ClickHouse. */
export const clickhouseUser = 'osteostream'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const megabytes = 1024 * 1024
/** What the server may use in all; a query gets most of it. */
const serverBytes = 4_000_000_000

/**
 * `default` needs no password, because the session that keeps the server going is its, and the library offers no
 * other; so it may do what that session does, and nothing else, and no request over HTTP may be its.
 */
export const usersXml = (password: string): string => `<clickhouse>
  <profiles><default><max_memory_usage>${serverBytes * 0.8}</max_memory_usage></default></profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password/>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query><query>GRANT SELECT ON system.numbers</query></grants>
    </default>
    <${clickhouseUser}>
      <password_sha256_hex>${sha256Of(password)}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota>
      <access_management>1</access_management>
    </${clickhouseUser}>
  </users>
</clickhouse>
`

const queryHandler =
  '<handler><type>dynamic_query_handler</type><query_param_name>query</query_param_name></handler>'

/**
 * Requests of our user, and a ping. Whoever comes without a name, or with another one, finds nothing: `default` could stop
 * the port, and any user of this machine can come as `default`. The name must stand in this header: ClickHouse refuses
 * another one beside it, while a name in the URL would count more than one in `Authorization`.
 */
const httpHandlers = `<http_handlers>
    <rule>
      <url>/ping</url>
      <handler><type>static</type><status>200</status><response_content>Ok.&#10;</response_content></handler>
    </rule>
    <rule><headers><X-ClickHouse-User>${clickhouseUser}</X-ClickHouse-User></headers>${queryHandler}</rule>
  </http_handlers>`

/** Two cores, a few gigabytes, and of the system's own logs only part_log: the others grow for nobody. */
export const configXml = (usersFile: string): string => `<clickhouse>
  <users_config>${escaped(usersFile)}</users_config>
  <logger><console>1</console></logger>
  <max_server_memory_usage>${serverBytes}</max_server_memory_usage>
  <mark_cache_size>${128 * megabytes}</mark_cache_size>
  <primary_index_cache_size>${128 * megabytes}</primary_index_cache_size>
  <index_mark_cache_size>${32 * megabytes}</index_mark_cache_size>
  <compiled_expression_cache_size>${32 * megabytes}</compiled_expression_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>8</background_schedule_pool_size>
  ${httpHandlers}
  <part_log>
    <database>system</database><table>part_log</table>
    <flush_interval_milliseconds>2000</flush_interval_milliseconds>
    <ttl>event_date + INTERVAL 3 DAY</ttl>
  </part_log>
</clickhouse>
`

/** Opens the HTTP port, and then lasts: the server is there as long as this runs. */
export const serveQuery =
  'SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM system.numbers SETTINGS max_block_size=1, function_sleep_max_microseconds_per_block=60000000 FORMAT Null'
