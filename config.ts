import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { catchAllPattern } from "./components/event-pattern";
import { PhysicalNames } from "./components/naming";
import { schemes } from "./providers";
import { problemInExpression } from "./components/expression";
