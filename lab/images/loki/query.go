package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/app/vlselect"
)

// defaultLimit is Loki's number of lines for a query that names none, and defaultSpan how far it looks back.
const (
	defaultLimit = "100"
	defaultSpan  = time.Hour
)

// logQL is a stream selector and any number of texts that a line must hold: all of the language that is understood.
var (
	logQL  = regexp.MustCompile("^\\s*(\\{[^{}]*\\})((?:\\s*\\|=\\s*" + text + ")*)\\s*$")
	filter = regexp.MustCompile("\\|=\\s*(" + text + ")")
)

const text = "(?:\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)"

// ownFields are VictoriaLogs' names of what Loki has no label for.
var ownFields = []string{"_msg", "_time", "_stream", "_stream_id"}

// stream is a set of labels and its lines, each with its time in nanoseconds.
type stream struct {
	Labels map[string]string `json:"stream"`
	Values [][2]string       `json:"values"`
}

// queryRange answers Loki's path of that name with what VictoriaLogs finds.
func queryRange(w http.ResponseWriter, r *http.Request) {
	query, err := logsQL(r.FormValue("query"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	found := httptest.NewRecorder()
	vlselect.RequestHandler(found, inner(r, query))
	if found.Code != http.StatusOK {
		http.Error(w, found.Body.String(), found.Code)
		return
	}
	streams, err := streamsOf(found.Body.String())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	data := map[string]any{"resultType": "streams", "result": streams}
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": data})
}

// logsQL is VictoriaLogs' form of a query of Loki's.
func logsQL(query string) (string, error) {
	parts := logQL.FindStringSubmatch(query)
	if parts == nil {
		return "", fmt.Errorf("parse error: expected {label=\"value\"} and |= \"text\", which the lab's stand-in knows, found %s", query)
	}
	wanted := "_stream:" + parts[1]
	for _, part := range filter.FindAllStringSubmatch(parts[2], -1) {
		held, err := strconv.Unquote(part[1])
		if err != nil {
			return "", fmt.Errorf("parse error: expected a text, found %s", part[1])
		}
		wanted += " _msg:~" + strconv.Quote(regexp.QuoteMeta(held))
	}
	return wanted, nil
}

// inner is the request to VictoriaLogs: the newest lines of the span.
func inner(r *http.Request, query string) *http.Request {
	now := time.Now()
	values := url.Values{
		"query": {query},
		"limit": {orElse(r.FormValue("limit"), defaultLimit)},
		"start": {orElse(r.FormValue("start"), strconv.FormatInt(now.Add(-defaultSpan).UnixNano(), 10))},
		"end":   {orElse(r.FormValue("end"), strconv.FormatInt(now.UnixNano(), 10))},
	}
	made := httptest.NewRequest(http.MethodGet, "/select/logsql/query?"+values.Encode(), nil)
	return made.WithContext(r.Context())
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

// streamsOf sorts VictoriaLogs' answer, a line of JSON for each line found, by the labels of its lines.
func streamsOf(answer string) ([]*stream, error) {
	streams := []*stream{}
	for _, row := range strings.Split(strings.TrimSpace(answer), "\n") {
		if row == "" {
			continue
		}
		var fields map[string]string
		if err := json.Unmarshal([]byte(row), &fields); err != nil {
			return nil, err
		}
		at, err := time.Parse(time.RFC3339Nano, fields["_time"])
		if err != nil {
			return nil, err
		}
		value := [2]string{strconv.FormatInt(at.UnixNano(), 10), fields["_msg"]}
		streams = add(streams, labelsOf(fields), value)
	}
	return streams, nil
}

func labelsOf(fields map[string]string) map[string]string {
	labels := map[string]string{}
	for name, value := range fields {
		if !slices.Contains(ownFields, name) {
			labels[name] = value
		}
	}
	return labels
}

func add(streams []*stream, labels map[string]string, value [2]string) []*stream {
	for _, known := range streams {
		if fmt.Sprint(known.Labels) == fmt.Sprint(labels) {
			known.Values = append(known.Values, value)
			return streams
		}
	}
	return append(streams, &stream{Labels: labels, Values: [][2]string{value}})
}
