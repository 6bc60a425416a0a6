using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Fermat.Repository.Tests;

/// <summary>Types, parameters and constants as C# writes them, with nullability, without namespaces.</summary>
internal static class CSharpNames
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(char)] = "char",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>A type that is declared: with its namespace.</summary>
    public static string Full(Type type) => $"{type.Namespace}.{Of(type)}";

    public static string Of(Type type) => Of(type, null, null);

    public static string Of(FieldInfo field)
    {
        lock (Nullability) return Of(field.FieldType, Nullability.Create(field), TupleNames(field));
    }

    public static string Of(PropertyInfo property)
    {
        lock (Nullability)
        {
            NullabilityInfo info = Nullability.Create(property);
            return ByReference(property.PropertyType, info, TupleNames(property), "ref ");
        }
    }

    /// <summary>A parameter's type, or a method's result.</summary>
    public static string Of(ParameterInfo parameter)
    {
        string reference = parameter.IsOut ? "out " : parameter.IsDefined(typeof(IsReadOnlyAttribute)) ? (parameter.Position < 0 ? "ref readonly " : "in ") : "ref ";
        lock (Nullability) return ByReference(parameter.ParameterType, Nullability.Create(parameter), TupleNames(parameter), reference);
    }

    public static string Parameters(MethodBase method)
        => (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Describe));

    public static string Parameters(PropertyInfo indexer) => string.Join(", ", indexer.GetIndexParameters().Select(Describe));

    public static string Generics(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Of))}>";

    public static string Constraints(Type[] arguments) => string.Concat(arguments.Where(a => a.IsGenericParameter).Select(Constraint));

    public static string Operator(MethodInfo method) => method.Name switch
    {
        "op_Implicit" => $"implicit operator {Of(method.ReturnType)}",
        "op_Explicit" => $"explicit operator {Of(method.ReturnType)}",
        "op_Addition" => "operator +",
        "op_Subtraction" or "op_UnaryNegation" => "operator -",
        "op_Multiply" => "operator *",
        "op_Division" => "operator /",
        "op_Modulus" => "operator %",
        "op_Equality" => "operator ==",
        "op_Inequality" => "operator !=",
        "op_LessThan" => "operator <",
        "op_LessThanOrEqual" => "operator <=",
        "op_GreaterThan" => "operator >",
        "op_GreaterThanOrEqual" => "operator >=",
        _ => method.Name,
    };

    public static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Describe(ParameterInfo parameter)
    {
        string prefix = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        string suffix = !parameter.HasDefaultValue ? "" : " = " + (parameter.RawDefaultValue is null && parameter.ParameterType.IsValueType
            && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default"
            : parameter.ParameterType.IsEnum ? $"{Of(parameter.ParameterType)}.{Enum.ToObject(parameter.ParameterType, parameter.RawDefaultValue!)}"
            : Literal(parameter.RawDefaultValue));
        return $"{prefix}{Of(parameter)} {parameter.Name}{suffix}";
    }

    private static string ByReference(Type type, NullabilityInfo info, Queue<string?>? names, string reference)
        => type.IsByRef ? reference + Of(type.GetElementType()!, info, names) : Of(type, info, names);

    private static string Of(Type type, NullabilityInfo? info, Queue<string?>? names)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Of(value, info?.GenericTypeArguments.FirstOrDefault(), names) + "?";
        string mark = info is { ReadState: NullabilityState.Nullable } or { ReadState: NullabilityState.Unknown, WriteState: NullabilityState.Nullable } && !type.IsValueType ? "?" : "";
        if (type.IsArray) return $"{Of(type.GetElementType()!, info?.ElementType, names)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        if (type.IsPointer) return Of(type.GetElementType()!, null, names) + "*";
        if (type.IsByRef) return Of(type.GetElementType()!, info, names);
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword + mark;
        if (type.IsGenericParameter) return type.Name + mark;

        Type[] arguments = type.GetGenericArguments();
        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true)
        {
            string?[] labels = [.. arguments.Select(_ => names is { Count: > 0 } ? names.Dequeue() : null)];
            return "(" + string.Join(", ", arguments.Select((a, i) => Argument(a, i) + (labels[i] is { } label ? " " + label : ""))) + ")";
        }

        int outer = type.IsNested ? type.DeclaringType!.GetGenericArguments().Length : 0;
        string own = type.Name.Split('`')[0];
        if (arguments.Length > outer) own += $"<{string.Join(", ", arguments.Skip(outer).Select((a, i) => Argument(a, i + outer)))}>";
        string prefix = type.IsNested ? Of(type.DeclaringType!) + "." : "";
        return prefix + own + mark;

        string Argument(Type argument, int index) => Of(argument, info is not null && index < info.GenericTypeArguments.Length ? info.GenericTypeArguments[index] : null, names);
    }

    private static Queue<string?>? TupleNames(ICustomAttributeProvider member)
        => member.GetCustomAttributes(typeof(TupleElementNamesAttribute), false).Cast<TupleElementNamesAttribute>().FirstOrDefault() is { } attribute
            ? new Queue<string?>(attribute.TransformNames)
            : null;

    private static string Constraint(Type parameter)
    {
        GenericParameterAttributes flags = parameter.GenericParameterAttributes;
        bool isStruct = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        var parts = new List<string>();
        if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) parts.Add("class");
        if (isStruct) parts.Add("struct");
        parts.AddRange(parameter.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(Of).Order(StringComparer.Ordinal));
        if (flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct) parts.Add("new()");
        return parts.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", parts)}";
    }
}
