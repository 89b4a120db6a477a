package hcloud

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi-go-provider/infer"
)

func parseID(id string) (int64, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the ID must be a number, found %q", id)
	}
	return number, nil
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// parseSubnetID splits the ID of a subnet, "<network>-<IP range>".
func parseSubnetID(id string) (network int64, ipRange *net.IPNet, err error) {
	networkText, rangeText, _ := strings.Cut(id, "-")
	network, numberErr := strconv.ParseInt(networkText, 10, 64)
	_, ipRange, rangeErr := net.ParseCIDR(rangeText)
	if errors.Join(numberErr, rangeErr) != nil {
		return 0, nil, fmt.Errorf(`a subnet ID must look like "1234-10.0.1.0/24", found %q`, id)
	}
	return network, ipRange, nil
}

// isGone says whether the API answered that the resource does not exist.
func isGone(err error) bool { return hcloud.IsError(err, hcloud.ErrorCodeNotFound) }

// ignoreGone turns "does not exist" into success, for deletions.
func ignoreGone(err error) error {
	if isGone(err) {
		return nil
	}
	return err
}

func valueOr[T any](pointer *T, fallback T) T {
	if pointer == nil {
		return fallback
	}
	return *pointer
}

// given returns a pointer to the value, nil for the zero value, which the API uses for "none".
func given[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

func ipText(ip net.IP) string {
	if len(ip) == 0 {
		return ""
	}
	return ip.String()
}

// incomplete reports that a resource exists but could not be brought into the wanted state, so that the engine keeps
// it in the state and the next run completes it.
func incomplete(err error) error {
	if err == nil {
		return nil
	}
	return infer.ResourceInitFailedError{Reasons: []string{err.Error()}}
}

// optionalLabels returns nil for no labels, as the program gives them.
func optionalLabels(labels map[string]string) *map[string]string {
	if len(labels) == 0 {
		return nil
	}
	return &labels
}
