return Fermat.Cli.CommandLine.Run(args, Console.Out, Console.Error);
