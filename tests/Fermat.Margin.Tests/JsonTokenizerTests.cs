using System.Text;
using System.Text.Json;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

public class JsonTokenizerTests
{
    [Fact]
    public void Tokens_texts_and_places_are_those_of_the_file()
    {
        const string json = "{\n  \"a\": [1, \"x\\n\\u00e9\\ud83d\\ude00\"],\r\n\t\"\u00fc\": \"\u20ac\", \"b\": -0.5e+7 }";
        (JsonToken, string, long, long)[] expected =
        [
            (JsonToken.BeginObject, "", 1, 1), (JsonToken.Name, "a", 2, 3), (JsonToken.BeginArray, "", 2, 8), (JsonToken.Number, "1", 2, 9),
            (JsonToken.String, "x\n\u00e9\U0001f600", 2, 12), (JsonToken.EndArray, "", 2, 35), (JsonToken.Name, "\u00fc", 3, 2), (JsonToken.String, "\u20ac", 3, 7),
            (JsonToken.Name, "b", 3, 12), (JsonToken.Number, "-0.5e+7", 3, 17), (JsonToken.EndObject, "", 3, 25), (JsonToken.End, "", 3, 26),
        ];
        foreach (int chunk in new[] { 1, 2, 3, 1000 })
        {
            var tokens = new JsonTokenizer(new SlowStream(Encoding.UTF8.GetBytes(json), chunk), "f", new ErrorList());
            var found = new List<(JsonToken, string, long, long)>();
            while (tokens.Read() != JsonToken.End) found.Add((tokens.Token, tokens.Text.ToString(), tokens.Place.Line, tokens.Place.Column));
            found.Add((tokens.Token, "", tokens.Place.Line, tokens.Place.Column));
            Assert.Equal(expected, found);
        }
    }

    [Theory]
    [InlineData("", 1, 1, "end of the file")]
    [InlineData("[1,]", 1, 4, "expected a value")]
    [InlineData("[1 2]", 1, 4, "expected a comma or ]")]
    [InlineData("{\"a\" 1}", 1, 6, "expected a colon")]
    [InlineData("{a:1}", 1, 2, "double quotes")]
    [InlineData("{\"a\":1,}", 1, 8, "field name")]
    [InlineData("{\"a\":1]", 1, 7, "expected a comma or }")]
    [InlineData("[1]\n[2]", 2, 1, "after the end")]
    [InlineData("[\"a\nb\"]", 1, 4, "control character or line end")]
    [InlineData("[\"a", 1, 2, "ends inside a text")]
    [InlineData("[\"\\x\"]", 1, 3, "begins no escape")]
    [InlineData("[\"\\u12g4\"]", 1, 3, "hexadecimal")]
    [InlineData("[\"\\ud800\"]", 1, 3, "surrogate")]
    [InlineData("[\"\\udc00\"]", 1, 3, "surrogate")]
    [InlineData("[tru]", 1, 2, "not true, false or null")]
    [InlineData("[01]", 1, 3, "expected a comma")]
    [InlineData("[-]", 1, 2, "not complete")]
    [InlineData("[1.]", 1, 2, "not complete")]
    [InlineData("[1e]", 1, 2, "not complete")]
    [InlineData("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", 1, 17, "inside each other")]
    public void Each_mistake_is_named_at_its_place(string json, long line, long column, string message)
    {
        var errors = new ErrorList();
        Assert.False(Accepts(Encoding.UTF8.GetBytes(json), errors));
        BookError error = Assert.Single(errors.Errors);
        Assert.Equal((BookErrorCode.Syntax, line, column), (error.Code, error.Line, error.Column));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_text_without_end_is_not_kept_in_memory()
    {
        var errors = new ErrorList();
        Assert.False(Accepts(Encoding.UTF8.GetBytes("[\"" + new string('x', 100_000)), errors));
        Assert.Contains("more than 4096", errors.Errors[0].Message);
    }

    [Fact]
    public void It_accepts_what_the_framework_accepts_and_nothing_else()
    {
        var random = new Random(11);
        string[] parts = ["{", "}", "[", "]", ",", ":", "\"a\"", "\"", "1", "-", "0", ".5", "e3", "true", "null", " ", "\n", "\\u0041", "\\", "\u00e9", "\ud83d\ude00", "\t"];
        byte[][] wild = [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80], [0]];
        int accepted = 0;
        for (int round = 0; round < 30_000; round++)
        {
            byte[] json = round % 3 == 0 ? Nested(random) : [.. Enumerable.Range(0, random.Next(1, 9)).SelectMany(_ => Encoding.UTF8.GetBytes(parts[random.Next(parts.Length)]))];
            if (random.Next(4) == 0) json = [.. json[..(json.Length / 2)], .. random.Next(2) == 0 ? wild[random.Next(wild.Length)] : [(byte)random.Next(256)], .. json[(json.Length / 2)..]];
            bool expected = FrameworkAccepts(json);
            Assert.True(expected == Accepts(json, new ErrorList()), $"{Convert.ToHexString(json)} {Encoding.UTF8.GetString(json)}");
            if (expected) accepted++;
        }
        Assert.InRange(accepted, 3000, 27_000);
    }

    private static byte[] Nested(Random random)
    {
        var text = new StringBuilder();
        Value(0);
        return Encoding.UTF8.GetBytes(text.ToString());

        void Value(int depth)
        {
            int kind = random.Next(depth > 3 ? 3 : 5);
            if (kind == 0) text.Append(random.Next(-50, 50));
            else if (kind == 1) text.Append("\"t\\n\u00e9\"");
            else if (kind == 2) text.Append("false");
            else
            {
                int count = random.Next(3);
                text.Append(kind == 3 ? '[' : '{');
                for (int i = 0; i < count; i++)
                {
                    if (i > 0) text.Append(" , ");
                    if (kind == 4) text.Append($"\"k{i}\" : ");
                    Value(depth + 1);
                }
                text.Append(kind == 3 ? ']' : '}');
            }
        }
    }

    private static bool FrameworkAccepts(byte[] json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) _ = reader.GetString();     // also checks UTF-8 and surrogates
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Accepts(byte[] json, ErrorList errors)
    {
        try
        {
            var tokens = new JsonTokenizer(new SlowStream(json, 3), "f", errors);
            while (tokens.Read() != JsonToken.End) { }
            return true;
        }
        catch (BookReadStopped)
        {
            return false;
        }
    }
}
