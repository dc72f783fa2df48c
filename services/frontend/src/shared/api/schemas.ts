import type { components as Api } from "./api-types";
import type { components as Coach } from "./coach-types";

export type Exercise = Api["schemas"]["Exercise"];
export type NewExercise = Required<Api["schemas"]["NewExercise"]>;
export type User = Api["schemas"]["User"];
export type Job = Api["schemas"]["Job"];
export type ApiHealth = Api["schemas"]["Health"];
export type CoachHealth = Coach["schemas"]["Health"];
export type ChatResponse = Coach["schemas"]["ChatResponse"];
export type Turn = Coach["schemas"]["Turn"];
export type Plan = Coach["schemas"]["WorkoutRecommendation"];
export type PlanExercise = Coach["schemas"]["RecommendedExercise"];
export type PlanRequest = Coach["schemas"]["RecommendationRequest"];
export type Analysis = Coach["schemas"]["ProgressAnalysis"];
