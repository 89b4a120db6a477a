package redact

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func TestTextMasksSecretsWhereverTheyAreNested(t *testing.T) {
	ctx := Context(context.Background(), property.NewMap(map[string]property.Value{
		"stdin": property.New("first secret line\nsecond secret line").WithSecret(true),
		"environment": property.New(property.NewMap(map[string]property.Value{
			"PASSWORD": property.New("hunter2$'\"").WithSecret(true),
			"USER":     property.New("operator"),
			"SHORT":    property.New("abc").WithSecret(true),
		})),
	}))
	cases := map[string]string{
		"login of operator with hunter2$'\" failed": "login of operator with [secret] failed",
		"got: second secret line!":                  "got: [secret]!",
		"abc is too short to be masked":             "abc is too short to be masked",
	}
	for text, want := range cases {
		if got := Text(ctx, text); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestTextWithoutSecretsIsUnchanged(t *testing.T) {
	if got := Text(context.Background(), "plain"); got != "plain" {
		t.Errorf("got %q", got)
	}
}
