package embedded

import (
	"maps"
	"slices"
	"strconv"
	"syscall"
)

// settings returns the server's command line. The figures suit a machine of two
// to eight cores that also runs Assay itself.
func (s *Server) settings() []string {
	buffers, cache := memory()
	set := map[string]string{
		"listen_addresses":           "",
		"unix_socket_directories":    s.socket,
		"unix_socket_permissions":    "0700",
		"max_connections":            "100",
		"shared_buffers":             strconv.Itoa(buffers) + "MB",
		"effective_cache_size":       strconv.Itoa(cache) + "MB",
		"work_mem":                   "16MB",
		"maintenance_work_mem":       "128MB",
		"max_wal_size":               "2GB",
		"random_page_cost":           "1.1",
		"jit":                        "off",
		"timezone":                   "UTC",
		"log_timezone":               "UTC",
		"log_destination":            "stderr",
		"logging_collector":          "off",
		"log_line_prefix":            "%m [%p] %q%a ",
		"log_checkpoints":            "off",
		"log_lock_waits":             "on",
		"log_min_duration_statement": "2s",
	}
	if s.bin.Timescale {
		set["shared_preload_libraries"] = "timescaledb"
		set["timescaledb.telemetry_level"] = "off"
	}
	if s.cfg.Unsafe {
		maps.Copy(set, map[string]string{
			"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
			"shared_buffers": "128MB", "max_wal_size": "1GB", "log_min_duration_statement": "-1",
		})
	}
	maps.Copy(set, s.cfg.Settings)
	args := []string{"-D", s.clusterDir()}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		args = append(args, "-c", name+"="+set[name])
	}
	return args
}

// memory returns the buffers that the server takes for itself and the size of
// the cache that it may count on, in MB, from what the machine has.
func memory() (buffers, cache int) {
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		return 128, 512
	}
	total := int(info.Totalram * uint64(info.Unit) >> 20)
	return min(max(total/16, 128), 1024), max(total/2, 256)
}
