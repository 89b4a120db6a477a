package random

import (
	"regexp"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"golang.org/x/crypto/bcrypt"

	"vpai/toolchain/plugins/internal/plugintest"
	"vpai/toolchain/plugins/internal/schematest"
)

const passwordToken = "random:index/randomPassword:RandomPassword"

type values = map[string]any

func TestSchemaIsCurrent(t *testing.T) { schematest.Current(t, "random", Provider()) }

func TestPasswordHasTheWantedLengthAndCharacters(t *testing.T) {
	plugin := plugintest.New(t, "random", Provider())
	cases := []struct {
		name   string
		inputs values
		want   string
	}{
		{"all groups", values{"length": 40}, `^[A-Za-z0-9!@#$%&*()\-_=+\[\]{}<>:?]{40}$`},
		{"no special", values{"length": 40, "special": false}, `^[A-Za-z0-9]{40}$`},
		{"lower only", values{"length": 9, "special": false, "upper": false, "numeric": false}, `^[a-z]{9}$`},
		{"number is numeric's older name", values{"length": 30, "special": false, "number": false}, `^[A-Za-z]{30}$`},
		{"own special characters", values{"length": 30, "upper": false, "lower": false, "numeric": false,
			"overrideSpecial": "äß€"}, `^[äß€]{30}$`},
	}
	for _, c := range cases {
		got := plugin.MustCreate(passwordToken, c.inputs).Text("result")
		if !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("%s: %q does not match %s", c.name, got, c.want)
		}
	}
}

func TestPasswordHoldsTheMinimumOfEachGroup(t *testing.T) {
	plugin := plugintest.New(t, "random", Provider())
	for range 20 {
		got := plugin.MustCreate(passwordToken, values{
			"length": 8, "minLower": 2, "minUpper": 2, "minNumeric": 2, "minSpecial": 2, "overrideSpecial": "_",
		}).Text("result")
		for _, group := range []string{"[a-z]", "[A-Z]", "[0-9]", "_"} {
			if count := len(regexp.MustCompile(group).FindAllString(got, -1)); count != 2 {
				t.Fatalf("%q has %d of %s, want 2", got, count, group)
			}
		}
	}
}

func TestCharactersAndPlacesAreEquallyLikely(t *testing.T) {
	no, yes, none, two := false, true, 0, 2
	// Two upper-case characters are forced in; where they land must not depend on how they were drawn.
	inputs := passwordInputs{
		Length: 4, Lower: &yes, Upper: &no, Numeric: &no, Special: &no,
		MinLower: &none, MinUpper: &two, MinNumeric: &none, MinSpecial: &none,
	}
	got := strings.Builder{}
	first := 0
	const rounds = 2000
	for range rounds {
		text, err := inputs.generate()
		if err != nil {
			t.Fatal(err)
		}
		got.WriteString(text)
		if text[0] >= 'A' && text[0] <= 'Z' {
			first++
		}
	}
	// Half of the 2000 are expected to start with an upper-case letter; 6 standard deviations are 134.
	if first < rounds/2-134 || first > rounds/2+134 {
		t.Errorf("%d of %d texts start with one of the two forced characters, want about half", first, rounds)
	}
	for letter := 'a'; letter <= 'z'; letter++ {
		// 4000 lower-case letters, 154 expected of each, a standard deviation of 12.
		if count := strings.Count(got.String(), string(letter)); count < 80 || count > 230 {
			t.Errorf("%c occurs %d times, want about 154", letter, count)
		}
	}
}

func TestPasswordIsSecretAndItsHashFits(t *testing.T) {
	password := plugintest.New(t, "random", Provider()).MustCreate(passwordToken, values{"length": 100})
	for _, name := range []string{"result", "bcryptHash"} {
		if !password.State.Get(name).Secret() {
			t.Errorf("output %s is not secret", name)
		}
	}
	result := password.Text("result")
	if err := bcrypt.CompareHashAndPassword([]byte(password.Text("bcryptHash")), []byte(result[:72])); err != nil {
		t.Error(err)
	}
	if strings.Contains(password.ID, result) {
		t.Error("the ID shows the password")
	}
}

func TestTwoPasswordsDiffer(t *testing.T) {
	plugin := plugintest.New(t, "random", Provider())
	one, other := plugin.MustCreate(passwordToken, values{"length": 20}), plugin.MustCreate(passwordToken, values{"length": 20})
	if one.Text("result") == other.Text("result") {
		t.Error("two passwords are the same")
	}
}

func TestPreviewMakesNothing(t *testing.T) {
	plugin := plugintest.New(t, "random", Provider())
	response, err := plugin.Create(p.CreateRequest{Urn: plugintest.URN(passwordToken), DryRun: true,
		Properties: plugin.MustCheck(passwordToken, values{"length": 20})})
	if err != nil {
		t.Fatal(err)
	}
	if !response.Properties.Get("result").IsComputed() {
		t.Errorf("the preview shows a result: %#v", response.Properties.Get("result"))
	}
}

func TestDifferences(t *testing.T) {
	password := plugintest.New(t, "random", Provider()).MustCreate(passwordToken,
		values{"length": 20, "keepers": values{"rotation": "1"}})
	cases := []struct {
		name   string
		inputs values
		want   map[string]p.DiffKind
	}{
		{"nothing changed", values{"length": 20, "keepers": values{"rotation": "1"}}, nil},
		{"a default written out", values{"length": 20, "keepers": values{"rotation": "1"}, "upper": true}, nil},
		{"keepers", values{"length": 20, "keepers": values{"rotation": "2"}},
			map[string]p.DiffKind{"keepers": p.UpdateReplace}},
		{"keepers gone", values{"length": 20}, map[string]p.DiffKind{"keepers": p.DeleteReplace}},
		{"length", values{"length": 21, "keepers": values{"rotation": "1"}},
			map[string]p.DiffKind{"length": p.UpdateReplace}},
	}
	for _, c := range cases {
		got := password.MustDiff(c.inputs)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		for name, kind := range c.want {
			if got[name] != kind {
				t.Errorf("%s: %s is %q, want %q", c.name, name, got[name], kind)
			}
		}
	}
}

func TestStateOfTheOfficialPluginIsUnderstood(t *testing.T) {
	plugin := plugintest.New(t, "random", Provider())
	official := plugintest.Values(values{
		"__meta": `{"schema_version":"3"}`, "id": "none", "length": 20, "lower": true, "upper": true, "number": true,
		"numeric": true, "special": false, "minLower": 0, "minUpper": 0, "minNumeric": 0, "minSpecial": 0,
		"keepers": property.New(property.Null), "overrideSpecial": property.New(property.Null),
		"result": plugintest.Secret("kept"), "bcryptHash": plugintest.Secret("$2a$10$kept"),
	})
	urn := plugintest.URN(passwordToken)
	inputs := plugin.MustCheck(passwordToken, values{"length": 20, "special": false, "__defaults": []any{}})
	diff, err := plugin.Diff(p.DiffRequest{ID: "none", Urn: urn, State: official, Inputs: inputs})
	if err != nil {
		t.Fatal(err)
	}
	if diff.HasChanges {
		t.Errorf("unchanged inputs differ from the official state: %v", diff.DetailedDiff)
	}
	read, err := plugin.Read(p.ReadRequest{ID: "none", Urn: urn, Properties: official, Inputs: inputs})
	if err != nil {
		t.Fatal(err)
	}
	if result := read.Properties.Get("result"); result.AsString() != "kept" || !result.Secret() {
		t.Errorf("after a refresh the result is %#v", result)
	}
}

func TestChecksRefuse(t *testing.T) {
	plugin := plugintest.New(t, "random", Provider())
	cases := []struct {
		inputs   values
		property string
		reason   string
	}{
		{values{"length": 20, "foo": "bar"}, "foo",
			`random:index/randomPassword:RandomPassword: property "foo" is not implemented by this build of the ` +
				`provider; use the official plugin or remove it`},
		{values{"length": 3, "minLower": 2, "minUpper": 2}, "length", "(4), found 3"},
		{values{"length": 0}, "length", "at least 1"},
		{values{"length": 3, "lower": false, "upper": false, "special": false, "number": false},
			"special", "at least one"},
		{values{"length": 3, "number": false, "numeric": true}, "number", "older name"},
	}
	for _, c := range cases {
		if reason := plugin.Failures(passwordToken, c.inputs)[c.property]; !strings.Contains(reason, c.reason) {
			t.Errorf("%v: the complaint about %s is %q, want %q", c.inputs, c.property, reason, c.reason)
		}
	}
}

func TestUnknownTypesAndFunctionsAreRefusedByName(t *testing.T) {
	plugin := plugintest.New(t, "random", Provider())
	for _, token := range []string{"random:index/randomString:RandomString", "random:index/randomPet:RandomPet"} {
		_, err := plugin.Check(p.CheckRequest{Urn: plugintest.URN(token)})
		if err == nil || !strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), passwordToken) {
			t.Errorf("%s: got %v", token, err)
		}
	}
	_, err := plugin.Invoke(p.InvokeRequest{Token: "random:index:anything"})
	if err == nil || !strings.Contains(err.Error(), "random:index:anything") {
		t.Errorf("got %v", err)
	}
}
